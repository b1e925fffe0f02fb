"""The grids on the map: boundaries, workers, point to grid."""
