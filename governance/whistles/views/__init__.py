"""Pages of the whistle loop."""
