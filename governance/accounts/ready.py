"""What the accounts slice registers on start."""
