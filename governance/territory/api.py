"""The territory over the API: read only, the same filters and scope as the pages."""

from rest_framework import mixins, serializers

from governance.kernel.api import ScopedViewSet
from governance.kernel.permission import permits

from .filters import CategoryFilter, DepartmentFilter, DivisionFilter, GridFilter
from .models import Category, Department, Division, Grid, ManagementUnit
from .permissions import CONTACTS


class ReadOnlyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """A list and single rows, addressed by code."""

    order = "code"


def code_of(source: str) -> serializers.CharField:
    """A reference as the code of what it refers to."""
    return serializers.CharField(source=source, read_only=True, allow_null=True, default=None)


class UnitSerializer(serializers.ModelSerializer):
    """A management unit."""

    main_division = code_of("main_division.code12")

    class Meta:
        model = ManagementUnit
        fields = ["code", "name", "short_name", "kind", "main_division", "note"]


class DivisionSerializer(serializers.ModelSerializer):
    """A division; ancestors by code."""

    parent = code_of("parent.code12")
    district = code_of("district.code12")
    street = code_of("street.code12")
    unit = code_of("unit.code")

    class Meta:
        model = Division
        fields = [
            "code12", "name", "level", "town_type", "village_type", "parent", "district", "street", "unit",
            "valid_from", "valid_to", "source_vintage", "households", "is_synthetic", "recorded_at",
        ]  # fmt: skip


class DepartmentSerializer(serializers.ModelSerializer):
    """A department or station."""

    unit = code_of("unit.code")
    superior = code_of("superior.code")
    street = code_of("street.code12")

    class Meta:
        model = Department
        fields = [
            "code", "name", "short_name", "level", "kind", "unit", "superior", "street", "email", "phone",
            "is_active", "is_synthetic",
        ]  # fmt: skip

    def to_representation(self, department: Department) -> dict:
        """Without addresses ("") for those who do not deal with this department."""
        data = super().to_representation(department)
        request = self.context.get("request")
        if request is None or not permits(request.actor, CONTACTS, department):
            data["email"] = data["phone"] = ""
        return data


class CategorySerializer(serializers.ModelSerializer):
    """A category."""

    parent = code_of("parent.code")

    class Meta:
        model = Category
        fields = ["code", "name", "parent", "lead_trade", "source_mark", "is_active"]


class GridSerializer(serializers.ModelSerializer):
    """A grid."""

    community = code_of("community.code12")
    street = code_of("street.code12")
    unit = code_of("unit.code")

    class Meta:
        model = Grid
        fields = ["code15", "name", "kind", "seq", "community", "street", "unit", "households", "is_synthetic"]


class UnitViewSet(ReadOnlyViewSet):
    """The twelve management units."""

    queryset = ManagementUnit.objects.select_related("main_division")
    serializer_class = UnitSerializer
    lookup_field = "code"


class DivisionViewSet(ReadOnlyViewSet):
    """Administrative divisions."""

    queryset = Division.objects.select_related("parent", "district", "street", "unit")
    serializer_class = DivisionSerializer
    filterset_class = DivisionFilter
    lookup_field = order = "code12"


class DepartmentViewSet(ReadOnlyViewSet):
    """Departments and stations."""

    queryset = Department.objects.select_related("unit", "superior", "street")
    serializer_class = DepartmentSerializer
    filterset_class = DepartmentFilter
    lookup_field = "code"


class CategoryViewSet(ReadOnlyViewSet):
    """Categories, 大类 and 小类."""

    queryset = Category.objects.select_related("parent")
    serializer_class = CategorySerializer
    filterset_class = CategoryFilter
    lookup_field = "code"


class GridViewSet(ReadOnlyViewSet):
    """Grids below communities."""

    queryset = Grid.objects.select_related("community", "street", "unit")
    serializer_class = GridSerializer
    filterset_class = GridFilter
    lookup_field = order = "code15"


def register(router) -> None:
    """Add the territory's endpoints to the portal's router; grids come with their shapes from grid/boundaries."""
    router.register("units", UnitViewSet, basename="api-unit")
    router.register("divisions", DivisionViewSet, basename="api-division")
    router.register("departments", DepartmentViewSet, basename="api-department")
    router.register("categories", CategoryViewSet, basename="api-category")
