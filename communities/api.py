"""The endpoints of the communities app."""

from communities.admission.gate import api as gate


def register(router) -> None:
    """Add them to the portal's router."""
    gate.register(router)
