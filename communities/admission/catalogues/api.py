"""/api/v1/catalogues/ and /api/v1/admission-items/: read only, the pages' scope and filters."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from governance.kernel.api import ScopedViewSet
from governance.whistles.api.describe import describe

from ..models import AdmissionItem, Catalogue
from .filters import CatalogueFilter, ItemFilter
from .selectors import catalogues_with_counts


class CatalogueSerializer(serializers.ModelSerializer):
    """A version with its counts."""

    issued = serializers.IntegerField(read_only=True, help_text="印发时的事项数，不含禁入事项")
    extra = serializers.IntegerField(read_only=True, help_text="年内另行准入的事项数")
    forbidden = serializers.IntegerField(read_only=True, help_text="禁入事项数")

    class Meta:
        model = Catalogue
        fields = [
            "id", "year", "place", "status", "effective_from", "effective_to", "document", "note", "issued", "extra",
            "forbidden", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


class ItemSerializer(serializers.ModelSerializer):
    """An item; references by code."""

    department = serializers.CharField(source="department.code", read_only=True)
    department_name = serializers.CharField(source="department.short_name", read_only=True)
    unit = serializers.CharField(source="unit.code", read_only=True, allow_null=True, default=None)
    year = serializers.IntegerField(source="catalogue.year", read_only=True)

    class Meta:
        model = AdmissionItem
        fields = [
            "id", "code", "year", "place", "unit", "name", "klass", "form", "department", "department_name", "basis_document",
            "basis_article", "basis_mark", "handling", "frequency_cap", "minutes", "information", "fund_per_time_fen",
            "fund_source", "term", "valid_from", "valid_to", "merged_from", "is_emergency", "is_example", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """A list and single rows; filters belong to the list."""

    lookup_value_converter = "int"

    def filter_queryset(self, queryset):
        """The list's filters only: a single row is found whether it still holds or not."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


@extend_schema_view(
    list=extend_schema(summary="准入清单各版", description="各年度、各类对象的清单及其事项数；示例文字。"),
    retrieve=extend_schema(summary="准入清单一版"),
)
class CatalogueViewSet(ReadOnly):
    """Versions of the list."""

    queryset = Catalogue.objects.all()
    serializer_class = CatalogueSerializer
    filterset_class = describe(CatalogueFilter)
    order = "-id"

    def get_queryset(self):
        """The visible ones with counts."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return catalogues_with_counts().visible_to(self.actor)


@extend_schema_view(
    list=extend_schema(summary="准入事项", description="不给年度时只列现行有效的；when=all 含已失效。筛选与页面一致。"),
    retrieve=extend_schema(summary="准入事项一项"),
)
class ItemViewSet(ReadOnly):
    """Items."""

    queryset = AdmissionItem.objects.select_related("department", "unit", "catalogue")
    serializer_class = ItemSerializer
    filterset_class = describe(ItemFilter)
    order = "code"


def register(router) -> None:
    """Add them to the portal's router."""
    router.register("catalogues", CatalogueViewSet, basename="api-catalogue")
    router.register("admission-items", ItemViewSet, basename="api-admission-item")
