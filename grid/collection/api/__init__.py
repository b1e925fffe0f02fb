"""/api/v1/elements/, /facts/, /forms/, /takings/: departments take figures instead of sending forms, and it is registered."""

from .elements import ElementViewSet
from .facts import CommunityFactViewSet, FactViewSet
from .forms import FormViewSet
from .takings import TakingViewSet


def register(router) -> None:
    """Add the endpoints."""
    router.register("elements", ElementViewSet, basename="api-element")
    router.register("communities/<str:community>/facts", CommunityFactViewSet, basename="api-community-fact")
    router.register("facts", FactViewSet, basename="api-fact")
    router.register("forms", FormViewSet, basename="api-form")
    router.register("takings", TakingViewSet, basename="api-taking")
