"""/api/v1/takings/: the register."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from governance.whistles.api.describe import describe
from governance.whistles.api.steps import PostingViewSet

from ..filters import TakingFilter
from ..models import DataTaking
from .references import code


class TakingSerializer(serializers.ModelSerializer):
    """A line of the register."""

    department = code("department.code")
    form = code("form.number", help_text="自动应答的表；其余为空")

    class Meta:
        model = DataTaking
        fields = [
            "id",
            "department",
            "purpose",
            "basis",
            "form",
            "elements",
            "communities",
            "facts",
            "via",
            "at",
            "is_synthetic",
        ]
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
        return DataTaking.objects.select_related("department", "form").visible_to(self.actor)

    def filter_queryset(self, queryset):
        """Filters belong to the list."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset
