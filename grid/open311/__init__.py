"""Open311 GeoReport v2, for civic clients that exist."""
