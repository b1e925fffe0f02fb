"""/api/v1/elements/: the catalogue."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.kernel.errors import Invalid
from governance.kernel.permission import require
from governance.territory.choices import Trade
from governance.whistles.api.bodies import Body
from governance.whistles.api.describe import describe
from governance.whistles.api.steps import PostingViewSet

from ..filters import ElementFilter
from ..models import DataElement
from ..services import element_revise
from ..states import Frequency, Sensitivity, Sharing, Source


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


class ReviseBody(Body):
    """The next version; what is left out stays as it is. ``seen`` is the ``valid_from`` of the version that was read."""

    valid_from = serializers.DateField(help_text="启用日期，今天之后")
    seen = serializers.DateField(required=False, help_text="所依据的一版的 valid_from；其后已有新版的：409")
    name = serializers.CharField(required=False, max_length=60)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, min_length=2, max_length=50
    )
    source = serializers.ChoiceField(choices=Source, required=False)
    source_name = serializers.CharField(required=False, max_length=60)
    trade = serializers.ChoiceField(choices=Trade, required=False)
    frequency = serializers.ChoiceField(choices=Frequency, required=False)
    ttl_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=3650, help_text="有效期（天）；空按默认"
    )
    sharing = serializers.ChoiceField(choices=Sharing, required=False)
    sensitivity = serializers.ChoiceField(choices=Sensitivity, required=False)


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

    @extend_schema(
        summary="修订数据项", request=ReviseBody, responses={201: ElementSerializer},
        description="为数据项添一版，自将来的日期启用；答复为新版。类型、主题和计量单位随代码不变。支持 Idempotency-Key。",
    )  # fmt: skip
    @action(detail=True, methods=["post"], serializer_class=ReviseBody)
    def revise(self, request: Request, code: str) -> Response:
        """Add the next version."""
        require(self.actor, "element.revise")
        row = self.get_object()
        self.key(request)
        facts = self.facts(request)
        if not facts.keys() - {"valid_from", "seen"}:
            raise Invalid("没有任何改动，不必修订。")

        def effect() -> dict:
            return ElementSerializer(element_revise(by=self.actor, code=row.code, **facts)).data

        return self.once(request, self.endpoint(request), effect)
