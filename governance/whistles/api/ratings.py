"""/api/v1/ratings/ and /api/v1/scorecards/"""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.kernel.errors import IllegalTransition, Invalid
from governance.kernel.permission import require

from ..forms import ticket_actions
from ..forms.decide import RateForm
from ..models import Rating, Scorecard, Ticket
from ..scoring.filters import RatingFilter, ScoreFilter
from .bodies import body_of, fill
from .describe import describe
from .serializers import RatingSerializer, ScorecardSerializer
from .steps import PostingViewSet

RatingBody = body_of(
    RateForm, "RatingBody", ticket=serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="工单的 id")
)
EXAMPLE = {"ticket": 12, "speed": 5, "attitude": 4, "quality": 5, "lawfulness": 5, "thoroughly": "yes", "again": True}


class ScoreViewSet(PostingViewSet):
    """What stands behind score.view, as on the pages."""

    def check_permissions(self, request: Request) -> None:
        """Signed in, and permitted to read scores at all."""
        super().check_permissions(request)
        require(self.actor, "score.view")


@extend_schema_view(
    list=extend_schema(
        summary="评价列表", description="评价保护：街道看自己的评价，其他人在季度开启后才能看到单条评价。"
    ),
    retrieve=extend_schema(summary="评价详情"),
)
class RatingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScoreViewSet):
    """Single ratings."""

    queryset = Rating.objects.select_related("department", "street")
    serializer_class = RatingSerializer
    filterset_class = describe(RatingFilter)
    lookup_value_converter = "int"

    def get_serializer_class(self):
        """The body for a new one."""
        return RatingBody if self.action == "create" else super().get_serializer_class()

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    @extend_schema(
        summary="评价", request=RatingBody, responses={201: RatingSerializer},
        description="一件一评，提交后不能修改；1–2 星须选原因。可带 Idempotency-Key。",
        examples=[OpenApiExample("评价", EXAMPLE, request_only=True)],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Rate a ticket."""
        require(self.actor, "ticket.rate")
        self.key(request)
        facts = self.facts(request)
        ticket = Ticket.objects.select_related("whistle").visible_to(self.actor).filter(pk=facts.pop("ticket")).first()
        if ticket is None:
            raise Invalid(ticket="没有这件工单，或不在您的范围内。")
        require(self.actor, "ticket.rate", ticket)
        if (reason := ticket_actions.refusal(ticket, self.actor, "rate")) and not self.is_repeat(request):
            raise IllegalTransition(reason)
        return self.once(request, self.endpoint(request), lambda: self._rate(ticket, facts))

    def _rate(self, ticket: Ticket, facts: dict) -> dict:
        """Call the service."""
        form = fill(RateForm, facts, ticket=ticket)
        spec = ticket_actions.TICKET_ACTIONS["rate"]
        rating = spec.run(ticket, self.actor, form.content(), [], form.version)
        return RatingSerializer(rating, context=self.get_serializer_context()).data


@extend_schema_view(
    list=extend_schema(summary="部门计分卡列表", description="默认最新一期；只排部门。"),
    retrieve=extend_schema(summary="部门计分卡"),
)
class ScorecardViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScoreViewSet):
    """Scorecards."""

    queryset = Scorecard.objects.select_related("department")
    serializer_class = ScorecardSerializer
    filterset_class = describe(ScoreFilter)
    lookup_value_converter = "int"
    order = "rank"

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset
