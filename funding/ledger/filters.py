"""Filters of accounts and journals, the same for pages, exports and the API."""

import django_filters as filters
from django.db.models import Q

from governance.whistles import filters as loop

from .models import Account, Journal
from .states import AccountKind, Fund, JournalKind

ALL = {"empty_label": "全部"}


class AccountFilter(filters.FilterSet):
    """By year, fund, kind, holder; empty accounts only when asked for."""

    year = filters.NumberFilter(label="年度", min_value=2000, max_value=2100)
    fund = filters.ChoiceFilter(label="经费", choices=Fund.choices, **ALL)
    kind = filters.ChoiceFilter(label="性质", choices=AccountKind.choices, **ALL)
    unit = filters.ModelChoiceFilter(label="区县", queryset=loop.units, to_field_name="code", **ALL)
    street = filters.ModelChoiceFilter(label="街道（乡镇）", queryset=loop.streets, to_field_name="code12", **ALL)
    community = filters.ModelChoiceFilter(label="社区（村）", queryset=loop.communities, to_field_name="code12", **ALL)
    project = filters.CharFilter(label="项目编号", max_length=32)
    empty = filters.ChoiceFilter(label="零余额", choices=[("yes", "一并列出")], empty_label="不列", method="by_empty")

    class Meta:
        model = Account
        fields = ("year", "fund", "kind", "unit", "street", "community", "project", "empty")

    def filter_queryset(self, queryset):
        """Without accounts that hold nothing, unless asked for."""
        queryset = super().filter_queryset(queryset)
        return queryset if self.form.cleaned_data.get("empty") else queryset.exclude(balance_fen=0)

    def by_empty(self, queryset, name, value):
        """See ``filter_queryset``."""
        return queryset


class JournalFilter(filters.FilterSet):
    """By kind, fund, days, words."""

    q = filters.CharFilter(label="摘要或单据", method="by_text", max_length=60)
    kind = filters.ChoiceFilter(label="事由", choices=JournalKind.choices, **ALL)
    fund = filters.ChoiceFilter(label="经费", choices=Fund.choices, **ALL)
    since = filters.DateFilter(label="自", field_name="day", lookup_expr="gte")
    until = filters.DateFilter(label="至", field_name="day", lookup_expr="lte")

    class Meta:
        model = Journal
        fields = ("q", "kind", "fund", "since", "until")

    def by_text(self, queryset, name, value):
        """Words of the memo or the document."""
        words = value.strip()
        return queryset.filter(Q(memo__icontains=words) | Q(document_label__icontains=words))
