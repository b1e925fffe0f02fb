"""/api/v1/tickets/"""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from ..filters import TicketFilter
from ..forms import ticket_actions
from ..models import Ticket
from ..selectors.tickets import clocks_attach, ticket_rows
from .describe import describe
from .serializers import TicketDetailSerializer, TicketSerializer
from .steps import PostingViewSet, with_steps


@extend_schema_view(
    list=extend_schema(summary="部门工单列表", description="筛选、范围与页面一致；改派后原部门不再看到。"),
    retrieve=extend_schema(summary="部门工单详情", responses=TicketDetailSerializer),
)
@with_steps(ticket_actions.TICKET_ACTIONS, "ticket", TicketDetailSerializer)
class TicketViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PostingViewSet):
    """Tickets."""

    queryset = Ticket.objects.all()
    serializer_class = TicketSerializer
    filterset_class = describe(TicketFilter)
    lookup_value_converter = "int"

    def get_queryset(self):
        """The visible ones, with what a row shows."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        rows = ticket_rows().visible_to(self.actor)
        return rows if self.action == "list" else rows.select_related("extension", "objection__suggested")

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def paginate_queryset(self, queryset) -> list[Ticket]:
        """A page with its clocks, one query for all."""
        return clocks_attach(super().paginate_queryset(queryset))

    def retrieve(self, request: Request, pk: int) -> Response:
        """One ticket."""
        return Response(self._detail(self.get_object()))

    def refusal(self, row: Ticket, name: str) -> str | None:
        """Why the step cannot be taken now."""
        return ticket_actions.refusal(row, self.actor, name)

    def shown(self, row: Ticket) -> dict:
        """The ticket as it is now; the new one after a re-routing."""
        return self._detail(self.get_queryset().get(pk=row.pk))

    def _detail(self, row: Ticket) -> dict:
        clocks_attach([row])
        return TicketDetailSerializer(row, context=self.get_serializer_context()).data
