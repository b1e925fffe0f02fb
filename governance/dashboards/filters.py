"""The lists behind the figures: what is counted, in which days, on top of the filters of tickets and whistles."""

from django_filters import ChoiceFilter, DateFilter

from governance.whistles.filters import TicketFilter, WhistleFilter
from governance.whistles.forms.base import DateControl
from governance.whistles.states import TICKET_WITH_DEPARTMENT

from . import measures as m
from .facts import tickets_of, whistles_of
from .periods import moments

# What a street's sealed rating decides is listed together only: a list must not tell what a single rating says.
TOGETHER = {
    **{stage: (f"{stage}_on_time", f"{stage}_late") for stage in (*m.STAGES, "finish")},
    "settled": ("solved", "partly", "unsolved"), "rated": m.RATED,
}  # fmt: skip
TITLES = {
    "accept": "签收", "contact": "联系街道", "arrive": "报到", "finish": "报办结", "settled": "应解决的办结工单", "rated": "有效评价的工单",
}  # fmt: skip
OF_TICKETS = {
    **{name: title for name, title in m.TITLES.items() if name not in (*m.OF_WHISTLES, *m.FROM_RATINGS)},
    **TITLES, "late": "部门逾期（现在）",
}  # fmt: skip
OF_WHISTLES = {name: m.TITLES[name] for name in ("whistle", "recurrence")}


class _Behind:
    """``measure`` with ``from``–``to``: what was counted on these days."""

    def filter_queryset(self, queryset):
        """Narrow to what was counted; without a measure this is the plain list."""
        queryset = super().filter_queryset(queryset)
        named = self.form.cleaned_data
        if not (name := named.get("measure")):
            return queryset
        first, last = named.get("from"), named.get("to")
        if not (first and last and first <= last):
            return queryset.none()
        return queryset.filter(pk__in=self.counted(list(TOGETHER.get(name, (name,))), *moments(first, last)))

    def nothing(self, queryset, name, value):
        """``filter_queryset`` reads all three together."""
        return queryset


def _dates() -> dict:
    return {
        "from": DateFilter(label="计数日自", method="nothing", widget=DateControl),
        "to": DateFilter(label="计数日至", method="nothing", widget=DateControl),
    }


class TicketsBehindFilter(_Behind, TicketFilter):
    """Tickets behind a figure."""

    measure = ChoiceFilter(label="指标", choices=list(OF_TICKETS.items()), method="nothing", empty_label="全部")
    counted = staticmethod(tickets_of)
    locals().update(_dates())

    class Meta(TicketFilter.Meta):
        fields = ("measure", "from", "to", *TicketFilter.Meta.fields)

    def filter_queryset(self, queryset):
        """Overdue with the department is a matter of states, not of days."""
        if self.form.cleaned_data.get("measure") != "late":
            return super().filter_queryset(queryset)
        rows = TicketFilter.filter_queryset(self, queryset)
        return self.by_overdue(rows.filter(status__in=TICKET_WITH_DEPARTMENT), "", True)


class WhistlesBehindFilter(_Behind, WhistleFilter):
    """Whistles behind a figure."""

    measure = ChoiceFilter(label="指标", choices=list(OF_WHISTLES.items()), method="nothing", empty_label="全部")
    counted = staticmethod(whistles_of)
    locals().update(_dates())

    class Meta(WhistleFilter.Meta):
        fields = ("measure", "from", "to", *WhistleFilter.Meta.fields)
