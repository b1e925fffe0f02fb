"""/api/v1/facts/ and /api/v1/communities/<code>/facts/: departments take figures, which is registered, and deliver their own."""

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from communities.admission.gate.api import _places
from governance.accounts.roles import DEPT_ROLES
from governance.kernel.actor import Actor
from governance.kernel.api import ScopedViewSet
from governance.kernel.errors import Invalid
from governance.kernel.permission import require
from governance.territory.models import Division
from governance.whistles.api.bodies import Body
from governance.whistles.api.steps import PostingViewSet

from .. import services
from ..models import DataElement, Fact
from ..shielding import is_small, trade_of
from .references import MOST, code, elements_of, own_department

CELLS_MOST = 20_000


class FactSerializer(serializers.ModelSerializer):
    """A current figure of a community with its provenance."""

    name = code("element.name")
    measure = code("element.measure")
    community = code("community.code12")
    community_name = code("community.name")
    value = serializers.SerializerMethodField(help_text="取值；汇总数太小而不向其他条线提供时为空，见 withheld")
    withheld = serializers.SerializerMethodField(help_text="涉及个人信息的汇总数太小，不提供")
    is_valid = serializers.SerializerMethodField(help_text="今天仍在有效期内")

    class Meta:
        model = Fact
        fields = [
            "id", "code", "name", "community", "community_name", "value", "withheld", "measure", "origin", "recorded_at",
            "as_of", "valid_until", "is_valid", "is_correction", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.ANY)
    def get_value(self, fact):
        """The value, unless another line could tell from it who they are."""
        return None if self.get_withheld(fact) else fact.value

    def get_withheld(self, fact) -> bool:
        """Whether the sum is too small for the line that reads; by the catalogue as it holds today."""
        element = self.context["elements"][fact.code]
        return is_small(element, fact.value, self.context["trade"])

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
    as_of = serializers.DateField(required=False, allow_null=True, default=None, help_text="数据时点；不写为今天")


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

    recorded = serializers.IntegerField(help_text="登记了几条")
    kept = serializers.IntegerField(help_text="几条未登记：平台已有时点更晚的数据，或社区其后作过更正")


TAKE = [
    OpenApiParameter("community", str, required=True, description="12 位社区（村）代码，多个用逗号隔开"),
    OpenApiParameter("elements", str, required=True, description="数据项代码，多个用逗号隔开"),
    OpenApiParameter("purpose", str, description="用途；部门取数必填，随即登记，相关社区看得到"),
    OpenApiParameter("basis", str, description="依据：准入号、文号或法规条款；有条件共享和涉及敏感信息的数据项必填"),
]
ONE = [OpenApiParameter("community", str, OpenApiParameter.PATH, description="12 位社区（村）代码"),
       OpenApiParameter("fields", str, required=True, description="数据项代码，多个用逗号隔开"), *TAKE[2:]]  # fmt: skip


def _codes(request: Request, name: str) -> list[str]:
    codes = list(dict.fromkeys(filter(None, request.query_params.get(name, "").replace("，", ",").split(","))))
    if not codes or len(codes) > MOST:
        raise Invalid(**{name: f"请给出代码，多个用逗号隔开，最多 {MOST} 个。"})
    return codes


def taken(actor: Actor, request: Request, elements: list[DataElement], places: list[Division]) -> Response:
    """The current figures: registered for departments, simply read by those who answer for the place."""
    taking, trade = None, None
    if actor.posts_in(*DEPT_ROLES):
        department = own_department(actor)
        taking, rows = services.facts_take(
            by=actor, department=department, elements=elements, communities=places,
            purpose=request.query_params.get("purpose", ""), basis=request.query_params.get("basis", ""),
        )  # fmt: skip
        trade = trade_of(actor, department)
    else:
        rows = Fact.objects.current().visible_to(actor).select_related("element", "community").filter(
            code__in=[row.code for row in elements], community__in=places
        ).order_by("community__code12", "code")  # fmt: skip
    context = {"elements": {row.code: row for row in elements}, "trade": trade}
    data = FactSerializer(rows, many=True, context=context).data
    return Response({"taking": taking and taking.pk, "count": len(data), "facts": data})


class CommunityFactViewSet(ScopedViewSet):
    """One community's figures."""

    queryset = Fact.objects.all()
    serializer_class = FactSerializer
    pagination_class = None

    @extend_schema(
        summary="取一个社区的数据", parameters=ONE, responses=TakenSerializer, filters=False,
        description="代替报表（domain-rules 5.4）：取数即登记，按共享级别和个人信息敏感级提供。",
    )  # fmt: skip
    def list(self, request: Request, community: str) -> Response:
        """Take the current figures of one community."""
        place = Division.objects.communities().filter(code12=community).first()
        if place is None:
            raise Http404
        return taken(self.actor, request, elements_of(_codes(request, "fields"), "fields"), [place])


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
        return taken(self.actor, request, elements, places)

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
            rows = [
                services.FactInput(elements[row["code"]], places[row["community"]], row["value"], row["as_of"])
                for row in sent
            ]
            made = services.facts_feed(by=self.actor, department=own_department(self.actor), rows=rows)
            return {"recorded": len(made), "kept": len(rows) - len(made)}

        return self.once(request, self.endpoint(request), effect)
