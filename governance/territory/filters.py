"""Filters of the territory, the same for pages and API."""

import django_filters as filters
from django.db.models import Q

from .choices import DepartmentLevel, GridKind, Level, Trade
from .models import Category, Department, Division, Grid, ManagementUnit


def _units(request):
    return ManagementUnit.objects.all()


def _streets(request):
    return Division.objects.streets()


def unit_filter(**kwargs):
    """A choice among the management units, by code."""
    return filters.ModelChoiceFilter(label="管理单元", queryset=_units, to_field_name="code", **kwargs)


def street_filter(**kwargs):
    """A choice among the streets and towns, by code."""
    return filters.ModelChoiceFilter(label="街道（乡镇）", queryset=_streets, to_field_name="code12", **kwargs)


class SearchFilterSet(filters.FilterSet):
    """``q`` looks into the fields named by ``search``."""

    search: tuple[str, ...] = ("name", "code")
    q = filters.CharFilter(label="名称或代码", method="find", max_length=40)

    def find(self, queryset, name, value):
        """Keep what contains the words."""
        found = Q()
        for field in self.search:
            found |= Q(**{f"{field}__icontains": value})
        return queryset.filter(found)


class DivisionFilter(SearchFilterSet):
    """Divisions by name, level, unit, parent and validity."""

    search = ("name", "code12")
    level = filters.ChoiceFilter(label="层级", choices=Level.choices)
    unit = unit_filter()
    street = street_filter()
    parent = filters.CharFilter(label="上级代码", field_name="parent__code12", max_length=12)
    valid_on = filters.DateFilter(label="有效于", method="in_force")

    def in_force(self, queryset, name, value):
        """Keep what was in force on that day."""
        return queryset.valid_on(value)

    class Meta:
        model = Division
        fields = ["town_type", "village_type"]


class DepartmentFilter(SearchFilterSet):
    """Departments by name, level, trade, unit, street and whether they are active."""

    search = ("name", "short_name", "code")
    level = filters.ChoiceFilter(label="层级", choices=DepartmentLevel.choices)
    kind = filters.ChoiceFilter(label="条线", choices=Trade.choices)
    unit = unit_filter()
    street = street_filter()
    is_active = filters.BooleanFilter(label="启用")

    class Meta:
        model = Department
        fields = []


class CategoryFilter(SearchFilterSet):
    """Categories by name, 大类 and suggested trade."""

    parent = filters.CharFilter(label="大类代码", field_name="parent__code", max_length=8)
    lead_trade = filters.ChoiceFilter(label="通常主办", choices=Trade.choices)

    class Meta:
        model = Category
        fields = ["is_active"]


class GridFilter(SearchFilterSet):
    """Grids by name, kind, unit, street and community."""

    search = ("name", "code15")
    kind = filters.ChoiceFilter(label="类型", choices=GridKind.choices)
    unit = unit_filter()
    street = street_filter()
    community = filters.CharFilter(label="社区代码", field_name="community__code12", max_length=12)

    class Meta:
        model = Grid
        fields = []
