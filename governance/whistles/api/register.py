"""The endpoints of the loop."""

from .files import FileViewSet
from .ratings import RatingViewSet, ScorecardViewSet
from .tickets import TicketViewSet
from .whistles import WhistleViewSet


def register(router) -> None:
    """Add the loop's endpoints to the portal's router."""
    router.register("whistles", WhistleViewSet, basename="api-whistle")
    router.register("tickets", TicketViewSet, basename="api-ticket")
    router.register("ratings", RatingViewSet, basename="api-rating")
    router.register("scorecards", ScorecardViewSet, basename="api-scorecard")
    router.register("files", FileViewSet, basename="api-file")
