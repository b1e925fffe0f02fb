"""The endpoints of the communities app."""

from communities.admission.applications import api as applications
from communities.admission.catalogues import api as catalogues
from communities.admission.gate import api as gate
from communities.signboards import api as signboards


def register(router) -> None:
    """Add them to the portal's router."""
    catalogues.register(router)
    applications.register(router)
    gate.register(router)
    signboards.register(router)
