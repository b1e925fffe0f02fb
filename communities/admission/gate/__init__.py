"""The gate: the one way down to communities, and how a demand goes on from there."""
