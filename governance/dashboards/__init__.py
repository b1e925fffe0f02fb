"""Dashboards: the city's eye. Reads selectors and rollups, owns nothing."""
