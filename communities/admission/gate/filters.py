"""The filters of demands, targets and refusals: the same for pages, exports and the API."""

from datetime import datetime, time, timedelta

import django_filters as filters
from django.db.models import Q
from django.utils import timezone

from governance.accounts.roles import COMMUNITY_ROLES, STREET_ROLES
from governance.territory.models import Division
from governance.whistles.filters import FlagFilter, departments, streets, units
from governance.whistles.forms.base import DateControl

from ..models import BurdenQuota, Demand, DemandTarget, Refusal
from ..states import DemandStatus, ItemForm, RefusalReason, RefusalStatus, TargetStatus

ALL = "全部"


class DemandFilter(filters.FilterSet):
    """Demands."""

    q = filters.CharFilter(label="标题、编号或准入号", method="by_text", max_length=60)
    status = filters.ChoiceFilter(label="状态", empty_label=ALL, choices=DemandStatus.choices)
    form = filters.ChoiceFilter(label="形态", empty_label=ALL, choices=ItemForm.choices)
    department = filters.ModelChoiceFilter(
        label="派发部门", empty_label=ALL, queryset=departments, to_field_name="code"
    )
    unit = filters.ModelChoiceFilter(label="区县", empty_label=ALL, queryset=units, to_field_name="code")
    since = filters.DateFilter(label="自", field_name="day", lookup_expr="gte", widget=DateControl)
    until = filters.DateFilter(label="至", field_name="day", lookup_expr="lte", widget=DateControl)

    class Meta:
        model = Demand
        fields = ("q", "status", "form", "department", "unit", "since", "until")

    def by_text(self, queryset, name, value):
        words = value.strip()
        return queryset.filter(Q(title__icontains=words) | Q(number__icontains=words) | Q(item__code__icontains=words))


class TargetFilter(filters.FilterSet):
    """A community's and a street's list."""

    q = filters.CharFilter(label="标题或编号", method="by_text", max_length=60)
    status = filters.ChoiceFilter(label="状态", empty_label=ALL, choices=TargetStatus.choices)
    over = FlagFilter(label="超过频次上限", method="by_over")
    since = filters.DateFilter(label="自", field_name="day", lookup_expr="gte", widget=DateControl)
    until = filters.DateFilter(label="至", field_name="day", lookup_expr="lte", widget=DateControl)

    class Meta:
        model = DemandTarget
        fields = ("q", "status", "over", "since", "until")

    def by_text(self, queryset, name, value):
        words = value.strip()
        return queryset.filter(Q(demand__title__icontains=words) | Q(demand__number__icontains=words))

    def by_over(self, queryset, name, value):
        return queryset.filter(over_frequency=True)


class RefusalFilter(filters.FilterSet):
    """Refusals. A street that is not shown beside a refusal does not find it either, except for the street itself."""

    status = filters.ChoiceFilter(label="状态", empty_label=ALL, choices=RefusalStatus.choices)
    reason = filters.ChoiceFilter(label="理由", empty_label=ALL, choices=RefusalReason.choices)
    street = filters.ModelChoiceFilter(
        label="街道（乡镇）", empty_label=ALL, queryset=streets, to_field_name="code12", method="by_street"
    )
    late = FlagFilter(label="逾期未答复", method="by_late")
    since = filters.DateFilter(label="自", method="by_since", widget=DateControl)
    until = filters.DateFilter(label="至", method="by_until", widget=DateControl)

    class Meta:
        model = Refusal
        fields = ("status", "reason", "street", "late", "since", "until")

    def by_street(self, queryset, name, value: Division):
        own = {post.street_id for post in self.request.actor.posts_in(*STREET_ROLES, *COMMUNITY_ROLES)}
        rows = queryset.filter(street=value)
        return rows if value.pk in own else rows.filter(street_shown=True)

    def by_late(self, queryset, name, value):
        return queryset.filter(status=RefusalStatus.FILED, escalated_at__isnull=False)

    def by_since(self, queryset, name, value):
        return queryset.filter(filed_at__gte=_midnight(value))

    def by_until(self, queryset, name, value):
        return queryset.filter(filed_at__lt=_midnight(value + timedelta(days=1)))


class QuotaFilter(filters.FilterSet):
    """Departments' minutes."""

    year = filters.NumberFilter(label="年度", min_value=2020, max_value=2100)
    unit = filters.ModelChoiceFilter(
        label="区县", empty_label=ALL, queryset=units, to_field_name="code", field_name="department__unit"
    )

    class Meta:
        model = BurdenQuota
        fields = ("year", "unit")


def _midnight(day) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
