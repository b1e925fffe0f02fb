"""The filters of incidents and rules: the same for pages, exports and the API."""

import django_filters as filters
from django.db.models import Q

from governance.kernel import clock
from governance.territory.models import Category, ManagementUnit
from governance.whistles.filters import departments
from governance.whistles.forms.base import DateControl

from .models import Incident, RoutingRule
from .searching import saying
from .states import OPEN, HandlingLevel, IncidentStatus

ALL = "全部"


def _small(request):
    return Category.objects.filter(is_active=True).exclude(parent=None)


def _units(request):
    return ManagementUnit.objects.all()


class IncidentFilter(filters.FilterSet):
    """Incidents."""

    q = filters.CharFilter(label="编号、地点或情况", method="by_text", max_length=60)
    status = filters.ChoiceFilter(label="状态", empty_label=ALL, choices=IncidentStatus.choices)
    level = filters.ChoiceFilter(label="处置层级", empty_label=ALL, choices=HandlingLevel.choices)
    category = filters.ModelChoiceFilter(label="分类", empty_label=ALL, queryset=_small, to_field_name="code")
    department = filters.ModelChoiceFilter(label="部门", empty_label=ALL, queryset=departments, to_field_name="code")
    unit = filters.ModelChoiceFilter(label="区县", empty_label=ALL, queryset=_units, to_field_name="code")
    state = filters.ChoiceFilter(
        label="进度", empty_label=ALL, choices=[("open", "未结"), ("late", "逾期"), ("moved", "改派或退回过"), ("again", "复发")],
        method="by_state",
    )  # fmt: skip
    since = filters.DateFilter(label="上报自", field_name="reported_at", lookup_expr="date__gte", widget=DateControl)
    until = filters.DateFilter(label="至", field_name="reported_at", lookup_expr="date__lte", widget=DateControl)

    class Meta:
        model = Incident
        fields = ("q", "status", "level", "category", "department", "unit", "state", "since", "until")

    def by_text(self, queryset, name, value):
        return saying(queryset, value)

    def by_state(self, queryset, name, value):
        if value == "moved":
            return queryset.exclude(reroute_count=0, return_count=0)
        if value == "again":
            return queryset.exclude(recurrence_of=None)
        rows = queryset.filter(status__in=OPEN)
        return rows.filter(due_at__lt=clock.now(), due_at__isnull=False) if value == "late" else rows


class RoutingFilter(filters.FilterSet):
    """Rules; those in force unless asked otherwise."""

    level = filters.ChoiceFilter(label="派往", empty_label=ALL, choices=HandlingLevel.choices)
    unit = filters.ModelChoiceFilter(
        label="适用区县", empty_label=ALL, queryset=_units, method="by_unit", to_field_name="code"
    )
    q = filters.CharFilter(label="名称", field_name="title", lookup_expr="icontains", max_length=40)

    class Meta:
        model = RoutingRule
        fields = ("level", "unit", "q")

    def by_unit(self, queryset, name, value):
        return queryset.filter(Q(unit=None) | Q(unit=value))
