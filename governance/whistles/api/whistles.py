"""/api/v1/whistles/"""

from django.db import transaction
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.accounts.roles import STREET_ROLES
from governance.kernel.errors import Invalid
from governance.kernel.files import file_store
from governance.kernel.permission import require
from governance.territory.models import Division

from .. import services
from ..filters import WhistleFilter
from ..forms import whistle_actions
from ..forms.whistle import LATER, WhistleForm
from ..models import Whistle
from ..selectors.whistles import whistle_rows
from ..states import Tier
from .bodies import body_of, fill
from .describe import describe
from .serializers import WhistleDetailSerializer, WhistleSerializer
from .steps import PostingViewSet, with_steps

DRAFT = serializers.BooleanField(default=False, help_text="真：只存草稿，可缺少事实、地点、已做工作和主办部门")
STREET = serializers.CharField(
    max_length=12, required=False, help_text="本人任职的街道代码；任职多处时填写，默认第一处"
)
_Body = body_of(WhistleForm, "WhistleBlow", draft=DRAFT, street=STREET)
EXAMPLE = {
    "scene": "joint_enforce", "category": "0101", "title": "夜市占道经营反复", "facts": "夜间摊贩占用人行道，居民多次反映。",
    "source": "patrol", "place": "青泥街与友好路路口", "done_already": "街道已两次上门协调并组织社区清理，夜间仍反复出现。",
    "lead": "210202-CGJ", "assistants": [], "tier": "district",
}  # fmt: skip


class WhistleBody(_Body):
    """What a street writes; a draft needs less."""

    def get_fields(self) -> dict:
        """Whether these are there is asked by the form, which knows if it is a draft."""
        fields = super().get_fields()
        for name in LATER:
            fields[name].required, fields[name].allow_blank = False, True
        fields["tier"].required, fields["tier"].default = False, Tier.DISTRICT.value
        return fields


@extend_schema_view(
    list=extend_schema(summary="哨单列表", description="筛选、范围与页面一致；部门看到自己承办的哨单。"),
    retrieve=extend_schema(summary="哨单详情", responses=WhistleDetailSerializer),
)
@with_steps(whistle_actions.WHISTLE_ACTIONS, "whistle", WhistleDetailSerializer)
class WhistleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, PostingViewSet):
    """Whistles."""

    queryset = Whistle.objects.all()
    serializer_class = WhistleSerializer
    filterset_class = describe(WhistleFilter)
    lookup_value_converter = "int"

    def get_queryset(self):
        """The visible ones, with what a row shows."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        rows = whistle_rows(self.actor).visible_to(self.actor)
        return rows if self.action == "list" else rows.select_related("grid", "street__unit")

    def get_serializer_class(self):
        """The body for a new one, more for a single one."""
        special = {"create": WhistleBody, "retrieve": WhistleDetailSerializer}
        return special.get(self.action) or super().get_serializer_class()

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def refusal(self, row: Whistle, name: str) -> str | None:
        """Why the step cannot be taken now."""
        return whistle_actions.refusal(row, self.actor, name)

    def shown(self, row: Whistle) -> dict:
        """The whistle as it is now."""
        return WhistleDetailSerializer(self.get_queryset().get(pk=row.pk), context=self.get_serializer_context()).data

    @extend_schema(
        summary="吹哨", request=WhistleBody, responses={201: WhistleDetailSerializer},
        description="为本街道吹哨，提交给街道主要负责人审核。须写明街道已做工作。可带 Idempotency-Key。",
        examples=[OpenApiExample("吹哨", EXAMPLE, request_only=True)],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Blow, or store a draft."""
        require(self.actor, "whistle.blow")
        self.key(request)
        facts = self.facts(request)
        street = self._street(facts.pop("street", ""))
        return self.once(request, self.endpoint(request), lambda: self._blow(street, facts))

    def _street(self, wanted: str) -> Division:
        """The actor's own street, or the one of his that is asked for."""
        own = [post.street_id for post in self.actor.posts_in(*STREET_ROLES)]
        found = {row.pk: row for row in Division.objects.select_related("unit").filter(pk__in=own)}
        if not wanted:
            return found[own[0]]
        for row in found.values():
            if row.code12 == wanted:
                return row
        raise Invalid(street="只能为本街道吹哨。")

    @transaction.atomic
    def _blow(self, street: Division, facts: dict, whistle: Whistle | None = None) -> dict:
        """Store the whistle and its files together."""
        facts = dict(facts)
        draft = facts.pop("draft")
        form = fill(WhistleForm, facts, street=street, draft=draft)
        if whistle is None:
            row = services.whistle_blow(by=self.actor, street=street, content=form.whistle_input(), draft=draft)
        else:
            row = services.whistle_edit(
                whistle=whistle, by=self.actor, content=form.whistle_input(), version=form.version
            )
        for name, content in form.uploads():
            file_store(subject=row, thread=row.thread, name=name, content=content, by=self.actor)
        return self.shown(row)

    @extend_schema(
        operation_id="whistle_edit", summary="修改草稿", request=WhistleBody, responses={200: WhistleDetailSerializer},
        description="整单替换草稿内容；提交另用 submit。",
    )  # fmt: skip
    @action(detail=True, methods=["post"], url_path="edit", url_name="edit", serializer_class=WhistleBody)
    def edit(self, request: Request, pk: int) -> Response:
        """Replace a draft's content."""
        whistle = self.get_object()
        require(self.actor, "whistle.edit", whistle)
        self.key(request)
        facts = self.facts(request)
        if facts.pop("street", whistle.street.code12) != whistle.street.code12:
            raise Invalid(street="不能改到别的街道。")
        facts["draft"] = True
        return self.once(request, self.endpoint(request), lambda: self._blow(whistle.street, facts, whistle), code=200)
