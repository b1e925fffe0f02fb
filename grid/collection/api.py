"""/api/v1/elements/, /facts/, /forms/, /takings/: departments take figures instead of sending forms, and it is registered."""

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from communities.admission.gate.api import _item, _places
from communities.admission.gate.services import demand_blocked
from communities.admission.gate.terms import RURAL
from governance.accounts.roles import DEPT_ROLES
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.permission import require
from governance.territory.models import Department, Division
from governance.whistles.api.bodies import Body
from governance.whistles.api.describe import describe
from governance.whistles.api.steps import PostingViewSet

from . import services
from .filters import ElementFilter, FormFilter, TakingFilter
from .models import DataElement, DataTaking, Fact, Form
from .selectors import answers_of

MOST = 2000
CELLS_MOST = 20_000


def code(source: str, **more) -> serializers.CharField:
    """A reference as the code of what it refers to."""
    return serializers.CharField(source=source, read_only=True, allow_null=True, default=None, **more)


class ElementSerializer(serializers.ModelSerializer):
    """A data element as it holds today."""

    class Meta:
        model = DataElement
        fields = [
            "code", "name", "theme", "kind", "choices", "measure", "source", "source_name", "trade", "frequency", "days",
            "sharing", "sensitivity", "valid_from", "valid_to",
        ]  # fmt: skip
        read_only_fields = fields

    days = serializers.IntegerField(read_only=True, help_text="有效期（天）")


@extend_schema_view(list=extend_schema(summary="数据项目录"), retrieve=extend_schema(summary="数据项详情"))
class ElementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PostingViewSet):
    """The catalogue."""

    queryset = DataElement.objects.all()
    serializer_class = ElementSerializer
    filterset_class = describe(ElementFilter)
    lookup_field = "code"

    def get_queryset(self):
        """What holds today."""
        return super().get_queryset().in_force()

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


class FactSerializer(serializers.ModelSerializer):
    """A current figure of a community with its provenance."""

    name = code("element.name")
    measure = code("element.measure")
    community = code("community.code12")
    community_name = code("community.name")
    value = serializers.JSONField(read_only=True)
    is_valid = serializers.SerializerMethodField(help_text="今天仍在有效期内")

    class Meta:
        model = Fact
        fields = [
            "id", "code", "name", "community", "community_name", "value", "measure", "origin", "recorded_at", "valid_until",
            "is_valid", "is_correction", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields

    def get_is_valid(self, fact) -> bool:
        """Whether it holds today."""
        return fact.is_valid()


class TakenSerializer(serializers.Serializer):
    """Figures that a department took, with the number of the register."""

    taking = serializers.IntegerField(help_text="取数登记号；由场所身份读取本地数据时为空", allow_null=True)
    count = serializers.IntegerField()
    facts = FactSerializer(many=True)


class FeedRow(serializers.Serializer):
    """One value."""

    code = serializers.RegexField(r"^[A-Z]{2}-[0-9]{3}$", help_text="数据项代码")
    community = serializers.RegexField(r"^[0-9]{12}$", help_text="12 位社区（村）代码")
    value = serializers.CharField(max_length=1000, help_text="数字、选项、文字或日期")


class FeedBody(Body):
    """Values that a department delivers."""

    facts = FeedRow(many=True, allow_empty=False)

    def validate_facts(self, rows):
        """Not too many at once."""
        if len(rows) > MOST:
            raise serializers.ValidationError(f"一次最多 {MOST} 条。")
        return rows


class FedSerializer(serializers.Serializer):
    """How many were recorded."""

    recorded = serializers.IntegerField()


TAKE = [
    OpenApiParameter("community", str, required=True, description="12 位社区（村）代码，多个用逗号隔开"),
    OpenApiParameter("elements", str, required=True, description="数据项代码，多个用逗号隔开"),
    OpenApiParameter("purpose", str, description="用途；部门取数必填，随即登记，相关社区看得到"),
]


def _codes(request: Request, name: str) -> list[str]:
    codes = list(dict.fromkeys(filter(None, request.query_params.get(name, "").replace("，", ",").split(","))))
    if not codes or len(codes) > MOST:
        raise Invalid(**{name: f"请给出代码，多个用逗号隔开，最多 {MOST} 个。"})
    return codes


def elements_of(codes: list[str]) -> list[DataElement]:
    """Elements in force by code. Raises Invalid for unknown ones."""
    rows = {row.code: row for row in DataElement.objects.in_force().filter(code__in=codes)}
    if missing := [one for one in codes if one not in rows]:
        raise Invalid(elements=f"没有这个数据项：{'、'.join(str(one)[:20] for one in missing[:5])}")
    return [rows[one] for one in codes]


def own_department(actor) -> Department:
    """The actor's department."""
    post = actor.posts_in(*DEPT_ROLES)[0]
    return Department.objects.select_related("superior", "unit").get(pk=post.department_id)


class FactViewSet(PostingViewSet):
    """Figures: taking and delivering."""

    queryset = Fact.objects.all()
    serializer_class = FactSerializer
    pagination_class = None

    @extend_schema(
        summary="取数", parameters=TAKE, responses=TakenSerializer, filters=False,
        description="代替报表：部门按社区和数据项取现行数据，取数即登记。街道、社区、区县读取本地数据不登记。",
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """Take the current figures of communities."""
        elements, places = elements_of(_codes(request, "elements")), _places(_codes(request, "community"))
        if len(elements) * len(places) > CELLS_MOST:
            raise Invalid(community=f"一次最多 {CELLS_MOST} 个数据格（数据项 × 社区），请分次取。")
        taking = None
        if self.actor.posts_in(*DEPT_ROLES):
            taking, rows = services.facts_take(
                by=self.actor, department=own_department(self.actor), elements=elements, communities=places,
                purpose=request.query_params.get("purpose", ""),
            )  # fmt: skip
        else:
            rows = Fact.objects.current().visible_to(self.actor).select_related("element", "community").filter(
                code__in=[row.code for row in elements], community__in=places
            ).order_by("community__code12", "code")  # fmt: skip
        data = FactSerializer(rows, many=True).data
        return Response({"taking": taking and taking.pk, "count": len(data), "facts": data})

    def get_serializer_class(self):
        """The body for delivering."""
        return FeedBody if self.action == "create" else self.serializer_class

    @extend_schema(
        summary="推送数据", request=FeedBody, responses={201: FedSerializer},
        description="源部门推送本条线负责的数据项；同一社区同一数据项的旧值随即被替代。支持 Idempotency-Key。",
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Deliver values of one's own line."""
        require(self.actor, "fact.feed")
        self.key(request)
        sent = self.facts(request)["facts"]
        elements = {row.code: row for row in elements_of(list(dict.fromkeys(row["code"] for row in sent)))}
        places = {row.code12: row for row in _places(list(dict.fromkeys(row["community"] for row in sent)))}

        def effect() -> dict:
            rows = [services.FactInput(elements[row["code"]], places[row["community"]], row["value"]) for row in sent]
            return {
                "recorded": len(services.facts_feed(by=self.actor, department=own_department(self.actor), rows=rows))
            }

        return self.once(request, self.endpoint(request), effect)


class FormSerializer(serializers.ModelSerializer):
    """A form."""

    department = code("department.code")
    item = code("item.code", help_text="准入号")
    demand = code("demand.number")
    joined_into = code("joined_into.number")

    class Meta:
        model = Form
        fields = [
            "id", "number", "version", "status", "title", "purpose", "department", "item", "form_code", "issuer", "approval_no",
            "valid_from", "valid_to", "due_on", "communities", "reached", "fields_count", "manual_count", "cells", "asked_cells",
            "minutes", "minutes_before", "demand", "joined_into", "created_at", "dispatched_at", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


class FieldSerializer(serializers.Serializer):
    """A field and for how many communities it was known, automatic, asked before, or left to type in."""

    code = serializers.CharField(source="element.code")
    name = serializers.CharField(source="element.name")
    known = serializers.IntegerField()
    automatic = serializers.IntegerField()
    asked_before = serializers.IntegerField()
    manual = serializers.IntegerField()


class AnswerSerializer(serializers.Serializer):
    """A community's answers by code; null where the source has brought nothing yet."""

    community = serializers.CharField(source="community.code12")
    values = serializers.SerializerMethodField(help_text="数据项代码 → 取值")
    corrected = serializers.SerializerMethodField(help_text="下发以后更正的：数据项代码 → 原值")

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_values(self, row) -> dict:
        """Current values."""
        return {cell.element.code: cell.value for cell in row.cells}

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_corrected(self, row) -> dict:
        """What was put right."""
        return {cell.element.code: cell.before for cell in row.cells if cell.before}


class FormDetailSerializer(FormSerializer):
    """One form with its fields and answers."""

    fields_list = FieldSerializer(source="fields.all", many=True, read_only=True, help_text="字段与剔除结果")
    answers = serializers.SerializerMethodField(help_text="答案；起草和撤回的表为空")

    class Meta(FormSerializer.Meta):
        fields = [*FormSerializer.Meta.fields, "fields_list", "answers"]
        read_only_fields = fields

    @extend_schema_field(AnswerSerializer(many=True))
    def get_answers(self, form) -> list:
        """The current facts of its fields."""
        if not form.dispatched_at:
            return []
        return AnswerSerializer(answers_of(form, self.context["request"].actor), many=True).data


class FormBody(Body):
    """A draft. Marks may follow before it is dispatched."""

    title = serializers.CharField(max_length=100)
    purpose = serializers.CharField(max_length=1000)
    elements = serializers.ListField(
        child=serializers.RegexField(r"^[A-Z]{2}-[0-9]{3}$"), min_length=1, max_length=200, help_text="数据项代码"
    )
    communities = serializers.ListField(
        child=serializers.RegexField(r"^[0-9]{12}$"), min_length=1, max_length=MOST, help_text="12 位社区（村）代码"
    )
    item = serializers.CharField(max_length=20, required=False, allow_blank=True, default="", help_text="准入号")
    form_code = serializers.CharField(max_length=40, required=False, allow_blank=True, default="", help_text="表号")
    issuer = serializers.CharField(max_length=80, required=False, allow_blank=True, default="", help_text="制定机关")
    approval_no = serializers.CharField(
        max_length=80, required=False, allow_blank=True, default="", help_text="批准或备案文号"
    )
    valid_to = serializers.DateField(required=False, allow_null=True, default=None, help_text="有效期至")
    due_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="完成日期")


class DispatchBody(Body):
    """What the gate wants to know."""

    due_on = serializers.DateField(required=False, allow_null=True, help_text="完成日期")
    funded_fen = serializers.IntegerField(min_value=0, max_value=10**12, default=0, help_text="随事拨付经费（分）")
    fund_number = serializers.CharField(max_length=60, default="", allow_blank=True, help_text="预算指标号")
    over_quota_reason = serializers.CharField(max_length=1000, default="", allow_blank=True, help_text="增负说明")
    version = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2**31 - 1)


@extend_schema_view(
    list=extend_schema(summary="表格列表"),
    retrieve=extend_schema(summary="表格详情与答案", responses=FormDetailSerializer),
)
class FormViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PostingViewSet):
    """Forms."""

    queryset = Form.objects.all()
    serializer_class = FormSerializer
    filterset_class = describe(FormFilter)
    lookup_value_converter = "int"

    def get_queryset(self):
        """The visible ones."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        rows = Form.objects.select_related("department__superior", "item__catalogue", "demand", "joined_into")
        rows = rows.prefetch_related("fields__element") if self.action == "retrieve" else rows
        return rows.visible_to(self.actor)

    def get_serializer_class(self):
        """Bodies for writing, more for a single one."""
        kinds = {"create": FormBody, "retrieve": FormDetailSerializer, "dispatch_": DispatchBody}
        return kinds.get(self.action) or self.serializer_class

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def _shown(self, form: Form) -> dict:
        row = Form.objects.select_related("department", "item", "demand", "joined_into").get(pk=form.pk)
        return FormDetailSerializer(row, context=self.get_serializer_context()).data

    @extend_schema(summary="起草表格", request=FormBody, responses={201: FormDetailSerializer},
                   description="由数据项组成；四要素和准入号下发前补齐即可。支持 Idempotency-Key。")  # fmt: skip
    def create(self, request: Request) -> Response:
        """Draft a form of one's own department."""
        require(self.actor, "form.draft")
        self.key(request)
        facts = self.facts(request)
        content = services.FormInput(**{
            **facts, "elements": tuple(elements_of(facts["elements"])), "communities": tuple(_places(facts["communities"])),
            "item": _item(facts["item"]) if facts["item"] else None,
        })  # fmt: skip
        _one_kind(content.communities)

        def effect() -> dict:
            return self._shown(
                services.form_draft(by=self.actor, department=own_department(self.actor), content=content)
            )

        return self.once(request, self.endpoint(request), effect)

    @extend_schema(
        summary="下发表格", request=DispatchBody, responses={200: FormDetailSerializer, 422: {"$ref": "#/components/schemas/Error"}},
        description="缺四要素之一或准入号：422 FORM_REFUSABLE。已有字段自动剔除；一项不剩的当场应答；与正在填报的表相似六成以上的：409 must_join。",
    )  # fmt: skip
    @action(detail=True, methods=["post"], url_path="dispatch", url_name="dispatch")
    def dispatch_(self, request: Request, pk: int) -> Response:
        """Dispatch it."""
        form = self.get_object()
        require(self.actor, "form.dispatch", form)
        self.key(request)
        facts = self.facts(request)
        try:
            return self.once(
                request, self.endpoint(request),
                lambda: self._shown(services.form_dispatch(form=form, by=self.actor, **facts)), code=200,
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            demand_blocked(
                department=form.department, item=form.item, title=form.title, communities=form.communities, error=error
            )
            raise


def _one_kind(places: tuple[Division, ...]) -> None:
    """Urban and rural have lists of their own."""
    if len({row.village_type in RURAL for row in places}) > 1:
        raise Invalid(communities="城市社区和村的准入清单不同，请分别起草。")


class TakingSerializer(serializers.ModelSerializer):
    """A line of the register."""

    department = code("department.code")

    class Meta:
        model = DataTaking
        fields = ["id", "department", "purpose", "elements", "communities", "facts", "via", "at", "is_synthetic"]
        read_only_fields = fields


@extend_schema_view(list=extend_schema(summary="取数登记列表"), retrieve=extend_schema(summary="取数登记详情"))
class TakingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PostingViewSet):
    """Takings."""

    queryset = DataTaking.objects.all()
    serializer_class = TakingSerializer
    filterset_class = describe(TakingFilter)
    lookup_value_converter = "int"

    def get_queryset(self):
        """The visible ones."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return DataTaking.objects.select_related("department").visible_to(self.actor)

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


def register(router) -> None:
    """Add the endpoints."""
    router.register("elements", ElementViewSet, basename="api-element")
    router.register("facts", FactViewSet, basename="api-fact")
    router.register("forms", FormViewSet, basename="api-form")
    router.register("takings", TakingViewSet, basename="api-taking")
