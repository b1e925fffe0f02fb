"""The endpoints of the funding app."""

from funding.appropriations import api as appropriations
from funding.disclosure import api as disclosure
from funding.ledger import api as ledger
from funding.projects import api as projects


def register(router) -> None:
    """Add them to the portal's router."""
    ledger.register(router)
    appropriations.register(router)
    disclosure.register(router)
    projects.register(router)
