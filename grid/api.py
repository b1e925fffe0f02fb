"""The endpoints of the grid app."""


def register(router) -> None:
    """Add them to the portal's router."""
