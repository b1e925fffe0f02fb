"""The endpoints of the grid app."""

from grid.boundaries import api as boundaries
from grid.collection import api as collection
from grid.incidents import api as incidents
from grid.lab import api as lab


def register(router) -> None:
    """Add them to the portal's router."""
    boundaries.register(router)
    collection.register(router)
    incidents.register(router)
    lab.register(router)
