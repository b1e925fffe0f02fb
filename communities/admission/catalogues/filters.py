"""Filters of versions and items, the same for pages, exports and the API."""

import django_filters as filters
from django.db.models import Q

from governance.kernel import clock
from governance.territory.models import Department, ManagementUnit

from ..models import AdmissionItem, Catalogue
from ..states import BasisMark, CatalogueStatus, ItemClass, ItemForm, Place, Term

NOW, ALL = "now", "all"


def departments(request):
    """The departments that answer for an item."""
    return Department.objects.filter(pk__in=AdmissionItem.objects.values("department_id")).order_by("code")


def units(request):
    """All units."""
    return ManagementUnit.objects.all()


def choice(label: str, choices, **more) -> filters.ChoiceFilter:
    """A choice that may be left open."""
    return filters.ChoiceFilter(label=label, choices=choices, empty_label="全部", **more)


class CatalogueFilter(filters.FilterSet):
    """Versions by year, kind of place and state."""

    year = filters.NumberFilter(label="年度")
    place = choice("适用对象", Place.choices)
    status = choice("状态", CatalogueStatus.choices)

    class Meta:
        model = Catalogue
        fields = ("year", "place", "status")


class ItemFilter(filters.FilterSet):
    """Items; without a year only those that hold today, unless all are asked for."""

    q = filters.CharFilter(label="事项或准入号", method="by_text", max_length=60)
    place = choice("适用对象", Place.choices)
    klass = choice("类别", ItemClass.choices)
    form = choice("形态", ItemForm.choices)
    department = filters.ModelChoiceFilter(
        label="主责部门", queryset=departments, to_field_name="code", empty_label="全部"
    )
    year = filters.NumberFilter(label="清单年度", field_name="catalogue__year")
    when = filters.ChoiceFilter(label="有效性", choices=[(ALL, "含已失效")], empty_label="现行有效", method="by_when")
    basis_mark = choice("依据适用", BasisMark.choices)
    term = choice("期限", Term.choices)
    unit = filters.ModelChoiceFilter(label="限于区县", queryset=units, to_field_name="code", empty_label="全部")

    class Meta:
        model = AdmissionItem
        fields = ("q", "place", "klass", "form", "department", "year", "when", "basis_mark", "term", "unit")

    def filter_queryset(self, queryset):
        """What holds today, unless a version or everything is asked for."""
        queryset = super().filter_queryset(queryset)
        data = self.form.cleaned_data
        if data.get("year") or data.get("when") == ALL:
            return queryset
        day = clock.today()
        return queryset.exclude(catalogue__status=CatalogueStatus.DRAFT).filter(
            Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day
        )

    def by_text(self, queryset, name, value):
        """Name or number."""
        return queryset.filter(Q(name__icontains=value.strip()) | Q(code__icontains=value.strip()))

    def by_when(self, queryset, name, value):
        """See ``filter_queryset``."""
        return queryset
