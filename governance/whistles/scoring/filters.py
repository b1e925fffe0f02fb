"""Filters of scorecards, ratings and appeals."""

import django_filters as filters
from django.db.models import Q

from governance.territory.choices import DepartmentLevel, Trade
from governance.territory.models import Department, ManagementUnit

from ..models import Rating, RatingAppeal, Scorecard
from ..rules import period_label
from ..selectors.scores import latest_period, periods_of
from ..states import LowReason, RequestState, Thoroughly


def _units(request):
    return ManagementUnit.objects.all()


class ScoreFilter(filters.FilterSet):
    """Scorecards of one period: without one, of the newest that the reader has."""

    period = filters.ChoiceFilter(label="考核期", empty_label=None)
    kind = filters.ChoiceFilter(label="条线", field_name="department__kind", choices=Trade.choices)
    level = filters.ChoiceFilter(label="层级", field_name="department__level", choices=DepartmentLevel.choices)
    unit = filters.ModelChoiceFilter(
        label="区县", field_name="department__unit", queryset=_units, to_field_name="code"
    )  # fmt: skip

    class Meta:
        model = Scorecard
        fields = []

    def __init__(self, data=None, *args, **kwargs):
        periods = periods_of(kwargs["request"].actor)
        newest = latest_period(periods)
        asked = {**(data.dict() if data else {})}
        super().__init__({**asked, "period": asked.get("period") or newest}, *args, **kwargs)
        self.filters["period"].extra["choices"] = [(period, period_label(period)) for period in periods or [newest]]


class RatingFilter(filters.FilterSet):
    """Ratings among those that the reader may see."""

    quarter = filters.CharFilter(label="季度（如 2026Q4）", max_length=6)
    thoroughly = filters.ChoiceFilter(label="是否彻底解决", choices=Thoroughly.choices)
    low_reason = filters.ChoiceFilter(label="低分原因", choices=LowReason.choices)
    department = filters.ModelChoiceFilter(
        label="部门", queryset=lambda request: Department.objects.active(), to_field_name="code"
    )

    class Meta:
        model = Rating
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        rated = Rating.objects.visible_to(self.request.actor).order_by().values("department")
        self.filters["department"].queryset = Department.objects.filter(pk__in=rated)


class AppealFilter(filters.FilterSet):
    """Appeals by state."""

    state = filters.ChoiceFilter(label="状态", choices=RequestState.choices)

    class Meta:
        model = RatingAppeal
        fields = []


class AssessmentFilter(filters.FilterSet):
    """Departments by trade and level."""

    kind = filters.ChoiceFilter(label="条线", choices=Trade.choices)
    level = filters.ChoiceFilter(label="层级", choices=[row for row in DepartmentLevel.choices if row[0] != "station"])
    q = filters.CharFilter(label="名称或代码", method="by_words", max_length=40)

    class Meta:
        model = Department
        fields = []

    def by_words(self, queryset, name, value):
        """Keep what contains the words."""
        return queryset.filter(Q(name__icontains=value) | Q(code__icontains=value))
