"""/api/v1/incidents/: intake (idempotent), list, one; the pages' scope, filters and services."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.kernel.errors import Invalid
from governance.kernel.permission import require
from governance.territory.api import code_of
from governance.territory.models import Category, Division
from governance.whistles.api.bodies import Body
from governance.whistles.api.describe import describe
from governance.whistles.api.steps import PostingViewSet

from . import services
from .filters import IncidentFilter
from .models import Incident
from .states import Door


class IncidentSerializer(serializers.ModelSerializer):
    """An incident; places, category and department by code. Never says who reported it."""

    grid, community, street = code_of("grid.code15"), code_of("community.code12"), code_of("street.code12")
    unit, category, department = code_of("unit.code"), code_of("category.code"), code_of("department.code")
    rule = code_of("rule.key")

    class Meta:
        model = Incident
        fields = [
            "id", "number", "version", "status", "category", "words", "place", "lon", "lat", "grid", "community", "street", "unit",
            "level", "department", "rule", "door", "due_at", "reroute_count", "return_count", "rework_count", "whistle",
            "reported_at", "accepted_at", "handled_at", "closed_at", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


class IncidentBody(Body):
    """What a reporter says: what, where, and a category if he knows it."""

    words = serializers.CharField(max_length=2000, help_text="发生了什么")
    category = serializers.CharField(max_length=8, required=False, help_text="小类代码；不给则按文字归类")
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, help_text="地点")
    lon = serializers.FloatField(
        required=False, allow_null=True, min_value=-180, max_value=180, help_text="经度（WGS 84）"
    )
    lat = serializers.FloatField(
        required=False, allow_null=True, min_value=-90, max_value=90, help_text="纬度（WGS 84）"
    )
    community = serializers.RegexField(r"^[0-9]{12}$", required=False, help_text="12 位社区（村）代码")
    client_key = serializers.CharField(max_length=64, required=False, help_text="草稿号（UUID）；同一草稿只成一件")


def _by_code(model, field: str, code: str | None, name: str, words: str):
    if not code:
        return None
    row = model.objects.filter(**{field: code}).first()
    if row is None:
        raise Invalid(**{name: words})
    return row


@extend_schema_view(
    list=extend_schema(summary="事件列表", description="筛选、范围与页面一致。"),
    retrieve=extend_schema(summary="事件详情"),
)
class IncidentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PostingViewSet):
    """Incidents."""

    queryset = Incident.objects.select_related("grid", "community", "street", "unit", "category", "department", "rule")
    serializer_class = IncidentSerializer
    filterset_class = describe(IncidentFilter)
    lookup_value_converter = "int"

    def get_serializer_class(self):
        """The body of what is sent."""
        return IncidentBody if self.action == "create" else super().get_serializer_class()

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    @extend_schema(
        summary="上报事件", request=IncidentBody, responses={201: IncidentSerializer},
        description="按位置、岗位或社区代码定位；可带 Idempotency-Key 或 client_key，重复发送只成一件。",
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Report one."""
        require(self.actor, "incident.report")
        self.key(request)
        facts = self.facts(request)

        def effect() -> dict:
            category = _by_code(Category, "code", facts.pop("category", None), "category", "没有这个分类。")
            community = _by_code(Division, "code12", facts.pop("community", None), "community", "没有这个社区（村）。")
            content = services.IncidentInput(category=category, community=community, door=Door.API, **facts)
            row = services.incident_report(by=self.actor, content=content)
            return IncidentSerializer(self.queryset.get(pk=row.pk)).data

        return self.once(request, self.endpoint(request), effect)


def register(router) -> None:
    """Add the endpoint."""
    router.register("incidents", IncidentViewSet, basename="api-incident")
