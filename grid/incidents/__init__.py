"""Incidents: reported in a grid, routed by rules as data, handled as near as possible, a whistle where a street cannot settle them."""
