"""Boundaries from GeoJSON on the portal's own imports: preview with a line per fault, then all or nothing."""
