"""/api/v1/demands/, /api/v1/targets/, /api/v1/refusals/: the pages' scope and filters, and nothing that names a community
to those who may not know it."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.accounts.roles import DEPT_ROLES
from governance.kernel import clock
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.permission import require
from governance.territory.models import Department, Division
from governance.whistles.api.bodies import Body
from governance.whistles.api.describe import describe
from governance.whistles.api.steps import PostingViewSet

from ..models import AdmissionItem, Demand, DemandTarget, Refusal
from ..refusals.anonymity import knows, progress_by_street
from ..refusals.selectors import refusal_rows
from ..states import ItemClass
from . import services
from .filters import DemandFilter, RefusalFilter, TargetFilter
from .forms import CODES_MOST, KINDS
from .terms import Marks


def code(source: str, **more) -> serializers.CharField:
    """A reference as the code of what it refers to."""
    return serializers.CharField(source=source, read_only=True, allow_null=True, default=None, **more)


class DemandSerializer(serializers.ModelSerializer):
    """A demand; progress by street is in the single view."""

    item = code("item.code", help_text="准入号")
    item_name = code("item.name")
    department = code("department.code")
    unit = code("unit.code")

    class Meta:
        model = Demand
        fields = [
            "id", "number", "version", "status", "item", "item_name", "form", "department", "unit", "title", "content", "day",
            "due_on", "minutes", "communities", "funded_fen", "fund_number", "form_code", "issuer", "approval_no",
            "form_valid_to", "over_quota_reason", "decision", "is_emergency", "created_at", "sent_at", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


class StreetSerializer(serializers.Serializer):
    """How far a demand is in one street; single communities are not shown."""

    street = serializers.CharField(source="street__name")
    unit = serializers.CharField(source="unit__short_name")
    asked = serializers.IntegerField(help_text="下达的社区数")
    done = serializers.IntegerField(help_text="已完成")
    going = serializers.IntegerField(help_text="进行中（含依规拒收后待答复）")
    off = serializers.IntegerField(help_text="已免除")


class DemandDetailSerializer(DemandSerializer):
    """One demand with its progress."""

    streets = serializers.SerializerMethodField(help_text="按街道的进度；不逐个显示社区")

    class Meta(DemandSerializer.Meta):
        fields = [*DemandSerializer.Meta.fields, "streets"]
        read_only_fields = fields

    @extend_schema_field(StreetSerializer(many=True))
    def get_streets(self, demand) -> list:
        """Counts by street, for those whom it concerns as a whole."""
        if self.context["request"].actor.posts_in("community", "grid_worker"):
            return []
        return StreetSerializer(progress_by_street(demand), many=True).data


class MarksBody(Body):
    """The four marks of a report or survey."""

    form_code = serializers.CharField(max_length=40, help_text="表号")
    issuer = serializers.CharField(max_length=80, help_text="制定机关")
    approval_no = serializers.CharField(max_length=80, help_text="批准或备案文号")
    form_valid_to = serializers.DateField(help_text="有效期至")


class FieldsBody(Body):
    """How many manual fields of each kind the form has."""

    def get_fields(self) -> dict:
        """One count a kind."""
        return {
            kind: serializers.IntegerField(min_value=0, max_value=500, required=False, help_text=label)
            for kind, label in KINDS.items()
        }


class DemandBody(Body):
    """What a department sends down."""

    item = serializers.CharField(max_length=20, help_text="准入号；取今日有效的一版")
    communities = serializers.ListField(
        child=serializers.RegexField(r"^[0-9]{12}$"),
        min_length=1,
        max_length=CODES_MOST,
        help_text="12 位社区（村）代码",
    )
    title = serializers.CharField(max_length=120)
    content = serializers.CharField(max_length=4000)
    due_on = serializers.DateField(help_text="完成日期")
    minutes = serializers.IntegerField(
        min_value=1, max_value=100_000, required=False, allow_null=True, help_text="每社区预计分钟（没有表格时）"
    )
    fields_count = FieldsBody(required=False, help_text="表格的人工填写项数，用来估算分钟")
    marks = MarksBody(required=False, help_text="报表台账、调查统计必填：统计法第十七条四要素")
    funded_fen = serializers.IntegerField(min_value=0, max_value=10**12, default=0, help_text="随事拨付经费（分）")
    fund_number = serializers.CharField(max_length=60, default="", allow_blank=True, help_text="预算指标号")
    over_quota_reason = serializers.CharField(
        max_length=1000, default="", allow_blank=True, help_text="超出年度负担额度时的增负说明"
    )
    is_emergency = serializers.BooleanField(default=False, help_text="仅限应急通道的准入事项")


@extend_schema_view(
    list=extend_schema(summary="下行要求列表", description="部门看到本部门与下级部门的；街道、社区看到下达到本地的。"),
    retrieve=extend_schema(summary="下行要求详情", responses=DemandDetailSerializer),
)
class DemandViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PostingViewSet):
    """Demands."""

    queryset = Demand.objects.all()
    serializer_class = DemandSerializer
    filterset_class = describe(DemandFilter)
    lookup_value_converter = "int"

    def get_queryset(self):
        """The visible ones."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return Demand.objects.select_related("item", "department", "unit").visible_to(self.actor)

    def get_serializer_class(self):
        """The body for a new one, more for a single one."""
        return {"create": DemandBody, "retrieve": DemandDetailSerializer}.get(self.action) or self.serializer_class

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    @extend_schema(
        summary="下达要求", request=DemandBody, responses={201: DemandDetailSerializer},
        description="向社区下达的唯一入口。须引用有效准入事项；缺四要素、经费缺口、红区冻结时按字段说明原因；"
        "超出年度额度的转为待批。支持 Idempotency-Key。",
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Send a demand of one's own department."""
        require(self.actor, "demand.send")
        self.key(request)
        facts = self.facts(request)
        department = Department.objects.select_related("superior").get(
            pk=self.actor.posts_in(*DEPT_ROLES)[0].department_id
        )
        item, places = _item(facts.pop("item")), _places(facts.pop("communities"))

        def effect() -> dict:
            demand = services.demand_send(
                by=self.actor, department=department, item=item, communities=places, fields=facts.get("fields_count"),
                marks=Marks(**facts["marks"]) if facts.get("marks") else None,
                **{name: value for name, value in facts.items() if name not in ("fields_count", "marks")},
            )  # fmt: skip
            row = self.get_queryset().get(pk=demand.pk)
            return DemandDetailSerializer(row, context=self.get_serializer_context()).data

        try:
            return self.once(request, self.endpoint(request), effect)
        except (Invalid, Conflict) as error:
            services.demand_blocked(
                department=department, item=item, title=facts["title"], communities=len(places), error=error
            )
            raise


def _item(number: str) -> AdmissionItem:
    """The item of this number that admits something today; else the newest, so that the gate says what is wrong with it."""
    rows = AdmissionItem.objects.filter(code=number).select_related("catalogue").order_by("-valid_from")
    item = rows.in_force(clock.today()).first() or rows.exclude(klass=ItemClass.FORBIDDEN).first() or rows.first()
    if item is None:
        raise Invalid(item="准入清单里没有这个准入号。没有准入号，不能向社区下达。")
    return item


def _places(codes: list[str]) -> list[Division]:
    rows = list(Division.objects.communities().filter(code12__in=codes).order_by("code12"))
    if missing := set(codes) - {row.code12 for row in rows}:
        raise Invalid(communities=f"没有这个社区（村）：{'、'.join(sorted(missing)[:5])}")
    return rows


class TargetSerializer(serializers.ModelSerializer):
    """A community's part of a demand."""

    demand_number = code("demand.number")
    title = code("demand.title")
    item = code("item.code")
    department = code("department.code")
    community = code("community.code12")
    community_name = code("community.name")
    street = code("street.code12")

    class Meta:
        model = DemandTarget
        fields = [
            "id", "version", "status", "demand", "demand_number", "title", "item", "department", "community", "community_name",
            "street", "day", "due_on", "minutes", "over_frequency", "result", "done_at", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(
        summary="社区待办列表", description="只有本社区与所在街道看得到；部门、区县、市级只看按街道的进度。"
    ),
    retrieve=extend_schema(summary="社区待办详情"),
)
class TargetViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PostingViewSet):
    """Targets."""

    queryset = DemandTarget.objects.all()
    serializer_class = TargetSerializer
    filterset_class = describe(TargetFilter)
    lookup_value_converter = "int"

    def get_queryset(self):
        """The visible ones."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        rows = DemandTarget.objects.select_related("demand", "item", "department", "community", "street")
        return rows.visible_to(self.actor)

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


class RefusalSerializer(serializers.ModelSerializer):
    """A refusal as this reader may know it."""

    demand_number = code("demand.number")
    department = code("department.code")
    unit = code("unit.code")
    street = serializers.SerializerMethodField(help_text="涉及社区较少、会暴露社区时为空")
    community = serializers.SerializerMethodField(help_text="只有本社区与所在街道看得到")
    filed_on = serializers.SerializerMethodField(help_text="拒收日期")

    class Meta:
        model = Refusal
        fields = [
            "id", "number", "version", "status", "demand", "demand_number", "department", "unit", "street", "community", "reason",
            "basis", "words", "filed_on", "answer", "answered_at", "ruling_note", "ruled_at", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields

    def _near(self, row) -> bool:
        return knows(self.context["request"].actor, row)

    def get_street(self, row) -> str | None:
        """The street where it may be shown."""
        return row.street.code12 if row.street_shown or self._near(row) else None

    def get_community(self, row) -> str | None:
        """The community for those near."""
        return row.target.community.code12 if self._near(row) else None

    def get_filed_on(self, row) -> str:
        """The day."""
        return timezone.localdate(row.filed_at).isoformat()


@extend_schema_view(
    list=extend_schema(summary="依规拒收列表", description="向上只显示街道，不显示社区与个人。"),
    retrieve=extend_schema(summary="依规拒收详情"),
)
class RefusalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PostingViewSet):
    """Refusals."""

    queryset = Refusal.objects.all()
    serializer_class = RefusalSerializer
    filterset_class = describe(RefusalFilter)
    lookup_value_converter = "int"

    def get_queryset(self):
        """The visible ones."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return refusal_rows().visible_to(self.actor)

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


def register(router) -> None:
    """Add the endpoints."""
    router.register("demands", DemandViewSet, basename="api-demand")
    router.register("targets", TargetViewSet, basename="api-target")
    router.register("refusals", RefusalViewSet, basename="api-refusal")
