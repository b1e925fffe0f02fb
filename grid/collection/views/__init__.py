"""The pages of collection."""

FOLDER = "grid/collection/"
