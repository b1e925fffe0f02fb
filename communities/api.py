"""The endpoints of the communities app."""


def register(router) -> None:
    """Add them to the portal's router."""
