"""/api/v1/forms/: draft, dispatch, read the answers."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from communities.admission.gate.api import _item, _places
from communities.admission.gate.services import demand_blocked
from communities.admission.gate.terms import RURAL
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.permission import require
from governance.territory.models import Division
from governance.whistles.api.describe import describe
from governance.whistles.api.steps import PostingViewSet

from .. import services
from ..filters import FormFilter
from ..models import Form
from .form_shapes import DispatchBody, FormBody, FormDetailSerializer, FormSerializer
from .references import elements_of, own_department


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
