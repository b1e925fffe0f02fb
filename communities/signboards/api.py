"""/api/v1/signboards/ and what belongs to it: the pages' scope, filters, forms and services."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.kernel.permission import require
from governance.territory.api import ReadOnlyViewSet, code_of
from governance.whistles.api.bodies import Body, body_of, fill
from governance.whistles.api.describe import describe
from governance.whistles.api.steps import PostingViewSet

from . import services
from .filters import AuditFilter, RectificationFilter, SignboardFilter
from .forms import KeepForm, SignboardForm
from .models import Rectification, Signboard, SignboardAudit, SignboardCatalogue, SignboardType
from .workflow import SIGNBOARD_FLOW


class SignboardSerializer(serializers.ModelSerializer):
    """A signboard; places and departments by code."""

    community, street, unit = code_of("community.code12"), code_of("street.code12"), code_of("unit.code")
    department, item = code_of("department.code"), code_of("item.code")
    entry = serializers.CharField(
        source="entry.name", read_only=True, allow_null=True, default=None, help_text="名录条目"
    )
    rectification = serializers.CharField(
        source="rectification.number", read_only=True, allow_null=True, default=None, help_text="整改单编号"
    )

    class Meta:
        model = Signboard
        fields = [
            "id", "version", "status", "name", "community", "street", "unit", "department", "entry", "item", "length_cm",
            "width_cm", "material", "position", "first_hung_on", "registered_on", "removed_on", "rectification", "proposal",
            "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


class RectificationSerializer(serializers.ModelSerializer):
    """What a department has to put right."""

    department, street, unit = code_of("department.code"), code_of("street.code12"), code_of("unit.code")
    community = code_of("community.code12")

    class Meta:
        model = Rectification
        fields = [
            "id", "number", "version", "status", "reason", "content", "department", "community", "street", "unit", "due_on",
            "created_at", "done_at", "is_synthetic",
        ]  # fmt: skip


class AuditSerializer(serializers.ModelSerializer):
    """A campaign; the seed lets anybody draw the sample again."""

    unit = code_of("unit.code")

    class Meta:
        model = SignboardAudit
        fields = [
            "id", "number", "version", "status", "kind", "title", "unit", "quarter", "seed", "begins_on", "due_on",
            "publicity_from", "publicity_until", "is_synthetic",
        ]  # fmt: skip


class TypeSerializer(serializers.ModelSerializer):
    """An entry of a list."""

    class Meta:
        model = SignboardType
        fields = ["id", "code", "name", "klass", "trade"]


class ListSerializer(serializers.ModelSerializer):
    """A year's list with its cap and entries; the entries are examples, not the official ones."""

    entries = TypeSerializer(many=True, read_only=True)

    class Meta:
        model = SignboardCatalogue
        fields = ["id", "year", "place", "cap", "in_force_from", "document", "is_example", "entries", "is_synthetic"]


class StepBody(Body):
    """A step with its reason."""

    note = serializers.CharField(max_length=300, help_text="理由")
    version = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2**31 - 1)


class OverCapSerializer(serializers.Serializer):
    """The answer when a community is at its cap: nothing was registered."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField()
    rectification = serializers.CharField(help_text="随即开具的整改单编号")


RegisterBody = body_of(SignboardForm, "SignboardRegister")
KeepBody = body_of(KeepForm, "SignboardKeep")


@extend_schema_view(
    list=extend_schema(summary="牌子列表", description="筛选、范围与页面一致；部门看到自己负责的牌子。"),
    retrieve=extend_schema(summary="牌子详情", responses=SignboardSerializer),
)
class SignboardViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PostingViewSet):
    """Signboards. Removing needs the department's photos and is done on the page."""

    queryset = Signboard.objects.select_related(
        "community", "street", "unit", "department", "item", "entry", "rectification"
    )
    serializer_class = SignboardSerializer
    filterset_class = describe(SignboardFilter)
    lookup_value_converter = "int"

    def get_serializer_class(self):
        """The bodies of what is sent."""
        bodies = {"create": RegisterBody, "keep": KeepBody, "clear": StepBody, "doubt": StepBody}
        return bodies.get(self.action) or super().get_serializer_class()

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def shown(self, row: Signboard) -> dict:
        """The board as it is now."""
        return SignboardSerializer(self.get_queryset().get(pk=row.pk)).data

    @extend_schema(
        summary="登记牌子", request=RegisterBody, responses={201: SignboardSerializer, 409: OverCapSerializer},
        description="没有名录条目或有效准入号的登记为违规；达到上限的不登记，答 409 并附整改单编号。可带 Idempotency-Key。",
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Register one."""
        require(self.actor, "signboard.register")
        self.key(request)
        facts = self.facts(request)

        def effect() -> dict:
            form = fill(SignboardForm, facts, actor=self.actor)
            result = services.signboard_register(by=self.actor, facts=form.board_facts())
            if isinstance(result, Rectification):
                return {"code": "conflict", "message": result.content, "fields": {}, "rectification": result.number}
            return self.shown(result)

        answer = self.once(request, self.endpoint(request), effect)
        if "message" in answer.data:
            answer.status_code = 409
        return answer

    @extend_schema(
        summary="保留在册",
        description=SIGNBOARD_FLOW.transitions["keep"].hint,
        request=KeepBody,
        responses=SignboardSerializer,
    )
    @action(detail=True, methods=["post"])
    def keep(self, request: Request, pk: int) -> Response:
        """Keep it on a ground."""
        row = self._mine()
        facts = self.facts(request)

        def effect() -> dict:
            form = fill(KeepForm, facts, signboard=row)
            return self.shown(services.signboard_keep(board=row, by=self.actor, version=form.version, **form.content()))

        return self.once(request, self.endpoint(request), effect, code=200)

    @extend_schema(
        summary="列入清理",
        description=SIGNBOARD_FLOW.transitions["clear"].hint,
        request=StepBody,
        responses=SignboardSerializer,
    )
    @action(detail=True, methods=["post"])
    def clear(self, request: Request, pk: int) -> Response:
        """It has to go."""
        return self._step(request, "clear")

    @extend_schema(
        summary="列为存疑",
        description=SIGNBOARD_FLOW.transitions["doubt"].hint,
        request=StepBody,
        responses=SignboardSerializer,
    )
    @action(detail=True, methods=["post"])
    def doubt(self, request: Request, pk: int) -> Response:
        """To be looked into."""
        return self._step(request, "doubt")

    def _mine(self) -> Signboard:
        """The board, if the actor checks boards there: 404 or 403 before the body is looked at."""
        row = self.get_object()
        require(self.actor, "signboard.check", row)
        return row

    def _step(self, request: Request, name: str) -> Response:
        row = self._mine()
        facts = self.facts(request)

        def effect() -> dict:
            return self.shown(services.signboard_step(board=row, action=name, by=self.actor, **facts))

        return self.once(request, self.endpoint(request), effect, code=200)


@extend_schema_view(
    list=extend_schema(summary="清牌整改单列表", description="只列责任部门；范围与页面一致。"),
    retrieve=extend_schema(summary="清牌整改单"),
)
class RectificationViewSet(ReadOnlyViewSet):
    """Rectifications."""

    queryset = Rectification.objects.select_related("department", "street", "unit", "community")
    serializer_class, filterset_class, order = RectificationSerializer, describe(RectificationFilter), "-id"
    lookup_value_converter = "int"


@extend_schema_view(
    list=extend_schema(summary="牌子核查列表", description="自查、抽查、回头看；抽样种子公开，可以复核。"),
    retrieve=extend_schema(summary="牌子核查"),
)
class AuditViewSet(ReadOnlyViewSet):
    """Campaigns."""

    queryset = SignboardAudit.objects.select_related("unit")
    serializer_class, filterset_class, order = AuditSerializer, describe(AuditFilter), "-id"
    lookup_value_converter = "int"


@extend_schema_view(
    list=extend_schema(summary="牌子名录", description="按年度与适用对象；条目为示例，并非官方名录。"),
    retrieve=extend_schema(summary="一年的牌子名录"),
)
class ListViewSet(ReadOnlyViewSet):
    """The lists."""

    queryset = SignboardCatalogue.objects.prefetch_related("entries")
    serializer_class, order = ListSerializer, "-id"
    lookup_value_converter = "int"


def register(router) -> None:
    """Add the endpoints to the portal's router."""
    router.register("signboards", SignboardViewSet, basename="api-signboard")
    router.register("rectifications", RectificationViewSet, basename="api-rectification")
    router.register("signboard-audits", AuditViewSet, basename="api-signboard-audit")
    router.register("signboard-lists", ListViewSet, basename="api-signboard-list")
