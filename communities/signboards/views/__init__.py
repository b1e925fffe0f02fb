"""The pages of the signboards."""
