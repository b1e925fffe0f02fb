"""The grid: boundaries, incidents routed by place, one collection for many uses, open data."""
