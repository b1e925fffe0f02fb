"""The endpoints of the funding app."""


def register(router) -> None:
    """Add them to the portal's router."""
