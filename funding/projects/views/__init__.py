"""Pages of projects and payments."""
