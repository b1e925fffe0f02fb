"""The endpoints of the grid app."""

from grid.boundaries import api as boundaries


def register(router) -> None:
    """Add them to the portal's router."""
    boundaries.register(router)
