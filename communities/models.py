"""Tables of this app; each slice keeps its own."""
