"""/api/v1/elements/: the catalogue."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from governance.whistles.api.describe import describe
from governance.whistles.api.steps import PostingViewSet

from ..filters import ElementFilter
from ..models import DataElement


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
