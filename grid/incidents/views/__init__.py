"""Pages of incidents."""

FOLDER = "grid/incidents/"
