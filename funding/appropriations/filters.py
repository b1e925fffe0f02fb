"""Filters of runs, lines and batches, the same for pages, exports and the API."""

import django_filters as filters
from django import forms

from governance.whistles import filters as loop

from .models import DisbursementBatch, EntitlementLine, EntitlementRun
from .states import ENTITLED_CHOICES, BatchStatus, RunKind, RunStatus

ALL = {"empty_label": "全部"}
SIZES = [("large", "大村"), ("small", "小村")]


def _year() -> filters.NumberFilter:
    return filters.NumberFilter(label="年度", min_value=2000, max_value=2100)


def _fund() -> filters.ChoiceFilter:
    return filters.ChoiceFilter(label="经费", choices=ENTITLED_CHOICES, **ALL)


class RunFilter(filters.FilterSet):
    """Runs."""

    year, fund = _year(), _fund()
    kind = filters.ChoiceFilter(label="类型", choices=RunKind.choices, **ALL)
    status = filters.ChoiceFilter(label="状态", choices=RunStatus.choices, **ALL)
    unit = filters.ModelChoiceFilter(label="区县", queryset=loop.units, to_field_name="code", **ALL)

    class Meta:
        model = EntitlementRun
        fields = []


class LineFilter(filters.FilterSet):
    """What single communities are entitled to."""

    q = filters.CharFilter(label="社区（村）名称", field_name="community__name", lookup_expr="icontains", max_length=60)
    run = filters.NumberFilter(label="核定", field_name="run_id", widget=forms.HiddenInput)
    year, fund = _year(), _fund()
    unit = filters.ModelChoiceFilter(label="区县", queryset=loop.units, to_field_name="code", **ALL)
    street = filters.ModelChoiceFilter(label="街道（乡镇）", queryset=loop.streets, to_field_name="code12", **ALL)
    size = filters.ChoiceFilter(label="大小村", choices=SIZES, **ALL)
    part = loop.FlagFilter(label="不足全年", method="by_part")

    def by_part(self, queryset, name, value):
        """Fewer than twelve months."""
        return queryset.filter(months__lt=12) if value else queryset

    class Meta:
        model = EntitlementLine
        fields = []


class BatchFilter(filters.FilterSet):
    """Batches."""

    year, fund = _year(), _fund()
    status = filters.ChoiceFilter(label="状态", choices=BatchStatus.choices, **ALL)
    unit = filters.ModelChoiceFilter(label="区县", queryset=loop.units, to_field_name="code", **ALL)

    class Meta:
        model = DisbursementBatch
        fields = []
