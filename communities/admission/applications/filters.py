"""Filters of applications, the same for the list, its export and the API."""

import django_filters as filters
from django.db.models import Q

from governance.territory.models import Department

from ..catalogues.filters import choice, units
from ..models import AdmissionApplication
from ..states import ItemForm, Place
from .states import RUNNING, ApplicationStatus

OPEN = ("open", "办理中（全部）")


def departments(request):
    """Departments that have applied."""
    return Department.objects.filter(pk__in=AdmissionApplication.objects.values("department_id")).order_by("code")


class ApplicationFilter(filters.FilterSet):
    """Applications."""

    q = filters.CharFilter(label="事项或编号", method="by_text", max_length=60)
    status = choice("状态", [OPEN, *ApplicationStatus.choices], method="by_status")
    place = choice("适用对象", Place.choices)
    form = choice("形态", ItemForm.choices)
    department = filters.ModelChoiceFilter(
        label="申请部门", queryset=departments, to_field_name="code", empty_label="全部"
    )
    unit = filters.ModelChoiceFilter(label="区县", queryset=units, to_field_name="code", empty_label="全部")

    class Meta:
        model = AdmissionApplication
        fields = ("q", "status", "place", "form", "department", "unit")

    def by_text(self, queryset, name, value):
        """Name or number."""
        return queryset.filter(Q(name__icontains=value.strip()) | Q(number__icontains=value.strip()))

    def by_status(self, queryset, name, value):
        """One state, or all that run."""
        return queryset.filter(status__in=RUNNING) if value == "open" else queryset.filter(status=value)
