"""一表通: what the city knows is not asked again."""
