"""/api/v1/disclosures/: what was published, for anybody. Read only; amounts are integer fen."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, permissions, serializers

from governance.kernel.api import ScopedViewSet
from governance.whistles.api.describe import describe

from .filters import PublicDisclosureFilter
from .models import Disclosure


class DisclosureSerializer(serializers.ModelSerializer):
    """One published period with its figures and their SM3."""

    community = serializers.CharField(source="community.code12", read_only=True)
    community_name = serializers.CharField(source="community.name", read_only=True)
    figures = serializers.DictField(source="snapshot", read_only=True)

    class Meta:
        model = Disclosure
        fields = [
            "id", "community", "community_name", "kind", "start", "end", "published_at", "digest", "figures", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(
        summary="已公布的经费公开", description="不用登录；金额单位为分；digest 是 figures 规范 JSON 的 SM3。"
    ),
    retrieve=extend_schema(summary="一期经费公开", description="不用登录。"),
)
class DisclosureViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Published disclosures; scope is everybody's."""

    permission_classes = [permissions.AllowAny]
    queryset = Disclosure.objects.published().select_related("community")
    serializer_class = DisclosureSerializer
    filterset_class = describe(PublicDisclosureFilter)
    lookup_value_converter = "int"
    order = "-id"

    def get_queryset(self):
        """All that is published, whoever asks."""
        return self.queryset.none() if getattr(self, "swagger_fake_view", False) else self.queryset.all()

    def filter_queryset(self, queryset):
        """The list's filters only."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


def register(router) -> None:
    """Add it to the portal's router."""
    router.register("disclosures", DisclosureViewSet, basename="api-disclosure")
