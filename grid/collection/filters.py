"""The filters of collection: the same for pages, exports and the API."""

import django_filters as filters
from django.db.models import Q

from governance.kernel import clock
from governance.whistles.filters import departments
from governance.whistles.forms.base import DateControl

from .models import DataElement, DataTaking, Fact, Form
from .states import FormStatus, Kind, Origin, Sharing, Source, Theme

ALL = "全部"


class ElementFilter(filters.FilterSet):
    """The catalogue."""

    q = filters.CharFilter(label="名称或代码", method="by_text", max_length=40)
    theme = filters.ChoiceFilter(label="主题", empty_label=ALL, choices=Theme.choices)
    kind = filters.ChoiceFilter(label="类型", empty_label=ALL, choices=Kind.choices)
    source = filters.ChoiceFilter(label="权威来源", empty_label=ALL, choices=Source.choices)
    sharing = filters.ChoiceFilter(label="共享级别", empty_label=ALL, choices=Sharing.choices)

    class Meta:
        model = DataElement
        fields = ("q", "theme", "kind", "source", "sharing")

    def by_text(self, queryset, name, value):
        words = value.strip()
        return queryset.filter(Q(name__icontains=words) | Q(code__icontains=words) | Q(source_name__icontains=words))


class FactFilter(filters.FilterSet):
    """Figures of one's own place."""

    q = filters.CharFilter(label="数据项", method="by_text", max_length=40)
    place = filters.CharFilter(label="社区（村）", field_name="community__name", lookup_expr="icontains", max_length=40)
    theme = filters.ChoiceFilter(label="主题", empty_label=ALL, choices=Theme.choices, field_name="element__theme")
    origin = filters.ChoiceFilter(label="来历", empty_label=ALL, choices=Origin.choices)
    state = filters.ChoiceFilter(
        label="有效期", empty_label=ALL, choices=[("valid", "有效"), ("expired", "已过期")], method="by_state"
    )

    class Meta:
        model = Fact
        fields = ("q", "place", "theme", "origin", "state")

    def by_text(self, queryset, name, value):
        words = value.strip()
        return queryset.filter(Q(element__name__icontains=words) | Q(code__icontains=words))

    def by_state(self, queryset, name, value):
        today = clock.today()
        return queryset.filter(valid_until__gte=today) if value == "valid" else queryset.filter(valid_until__lt=today)


class FormFilter(filters.FilterSet):
    """Forms."""

    q = filters.CharFilter(label="表名、编号或表号", method="by_text", max_length=60)
    status = filters.ChoiceFilter(label="状态", empty_label=ALL, choices=FormStatus.choices)
    department = filters.ModelChoiceFilter(label="部门", empty_label=ALL, queryset=departments, to_field_name="code")
    since = filters.DateFilter(label="起草日期自", field_name="created_at", lookup_expr="date__gte", widget=DateControl)
    until = filters.DateFilter(label="起草日期至", field_name="created_at", lookup_expr="date__lte", widget=DateControl)

    class Meta:
        model = Form
        fields = ("q", "status", "department", "since", "until")

    def by_text(self, queryset, name, value):
        words = value.strip()
        return queryset.filter(Q(title__icontains=words) | Q(number__icontains=words) | Q(form_code__icontains=words))


class TakingFilter(filters.FilterSet):
    """Takings."""

    q = filters.CharFilter(label="用途", field_name="purpose", lookup_expr="icontains", max_length=60)
    department = filters.ModelChoiceFilter(
        label="取数部门", empty_label=ALL, queryset=departments, to_field_name="code"
    )
    element = filters.CharFilter(label="数据项代码", method="by_element", max_length=6)

    class Meta:
        model = DataTaking
        fields = ("q", "department", "element")

    def by_element(self, queryset, name, value):
        return queryset.filter(elements__contains=[value.strip().upper()])
