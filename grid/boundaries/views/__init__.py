"""Pages of the grids."""
