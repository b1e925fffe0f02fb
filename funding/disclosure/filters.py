"""Filters of disclosures and questions, the same for pages, exports and the API."""

import django_filters as filters

from governance.whistles import filters as loop

from .models import Disclosure, MoneyQuestion
from .states import DisclosureStatus, PeriodKind, QuestionStatus

ALL = {"empty_label": "全部"}


class DisclosureFilter(filters.FilterSet):
    """By state, period, place."""

    status = filters.ChoiceFilter(label="状态", choices=DisclosureStatus.choices, **ALL)
    kind = filters.ChoiceFilter(label="周期", choices=PeriodKind.choices, **ALL)
    year = filters.NumberFilter(label="年度", field_name="start__year", min_value=2000, max_value=2100)
    unit = filters.ModelChoiceFilter(label="区县", queryset=loop.units, to_field_name="code", **ALL)
    street = filters.ModelChoiceFilter(label="街道（乡镇）", queryset=loop.streets, to_field_name="code12", **ALL)
    community = filters.ModelChoiceFilter(label="社区（村）", queryset=loop.communities, to_field_name="code12", **ALL)

    class Meta:
        model = Disclosure
        fields = ("status", "kind", "year", "unit", "street", "community")


class PublicDisclosureFilter(filters.FilterSet):
    """What anybody may ask for: a community's code, a year."""

    community = filters.CharFilter(label="社区（村）代码", field_name="community__code12", max_length=12)
    year = filters.NumberFilter(label="年度", field_name="start__year", min_value=2000, max_value=2100)

    class Meta:
        model = Disclosure
        fields = ("community", "year")


class QuestionFilter(filters.FilterSet):
    """By state and place."""

    status = filters.ChoiceFilter(label="状态", choices=QuestionStatus.choices, **ALL)
    progress = filters.ChoiceFilter(label="进度", choices=[("late", "逾期未答复")], method="by_progress", **ALL)
    street = filters.ModelChoiceFilter(label="街道（乡镇）", queryset=loop.streets, to_field_name="code12", **ALL)
    community = filters.ModelChoiceFilter(label="社区（村）", queryset=loop.communities, to_field_name="code12", **ALL)

    class Meta:
        model = MoneyQuestion
        fields = ("status", "progress", "street", "community")

    def by_progress(self, queryset, name, value):
        """Past its days."""
        return queryset.late()
