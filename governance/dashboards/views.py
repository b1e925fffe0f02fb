"""The dashboard's pages and the lists behind its figures."""

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.ui.columns import Column
from governance.kernel.ui.exports import Sheet, export_response
from governance.kernel.ui.formats import datetime_cn
from governance.kernel.ui.views import Page
from governance.whistles.views.lists import TicketListPage, WhistleListPage

from .drawing import drawn
from .filters import TicketsBehindFilter, WhistlesBehindFilter
from .panels import Panel, panels_of
from .periods import CHOICES, period_of
from .selectors import Numbers, numbers_of, oversees_city, units_of


class Dashboard(Page):
    """/dashboard/: the city's; a district's people are led to their own."""

    permission, icon = "dashboard.view", "chart"
    template_name = "governance/dashboards/dashboard.html"

    def unit(self):
        """None: the whole city."""
        return None

    def get(self, request, **_kwargs):
        """The page, its live part alone, or one panel as a file."""
        if (target := self.elsewhere()) is not None:
            return HttpResponseRedirect(target)
        period = period_of(request.GET.dict(), clock.today())
        numbers = numbers_of(self.unit(), period)
        if key := request.GET.get("export"):
            return self.export(numbers, panels_of(numbers), key)
        if request.GET.get("part") == "live":
            self.template_name = "governance/dashboards/live.html"
        return self.draw(self.names(numbers))

    def elsewhere(self) -> str | None:
        """``?unit=`` and the people of one unit go to that unit's page."""
        words = self.request.GET.copy()
        code = words.pop("unit", [""])[-1]
        if not code and not oversees_city(self.actor):
            own = units_of(self.actor).first()
            code = own.code if own else ""
        if not code:
            return None
        return f"{reverse('dashboard-unit', args=[code[:6]])}{'?' + words.urlencode() if words else ''}"

    def names(self, numbers: Numbers) -> dict:
        """What the templates need."""
        place = numbers.unit.name if numbers.unit else "大连市"
        return {
            "title": f"{place}看板", "subtitle": numbers.period.label, "numbers": numbers, "drawn": drawn(numbers),
            "period": numbers.period, "choices": self.choices(numbers), "own": self.request.path,
            "units": numbers.units if oversees_city(self.actor) else [], "asked": numbers.period.query,
            "updated": clock.now(),
        }  # fmt: skip

    def choices(self, numbers: Numbers) -> list[dict]:
        """The periods as tabs; the free one is the form below."""
        return [{"key": key, "label": label, "url": f"{self.request.path}?period={key}"}
                for key, label in CHOICES.items() if key != "custom"]  # fmt: skip

    def export(self, numbers: Numbers, panels: list[Panel], key: str):
        """A panel's table as a workbook with its metric card and the moment."""
        panel = next((panel for panel in panels if panel.key == key), None)
        if panel is None:
            raise Http404
        columns = [
            Column(str(index), head, export=lambda row, index=index: row[index].value, width=22)
            for index, head in enumerate(panel.heads)
        ]
        sheet = Sheet(panel.title.rstrip("？"), columns, panel.rows, self.head_of(panel, numbers), numbers.is_synthetic)
        return export_response(sheet, "xlsx")

    @staticmethod
    def head_of(panel: Panel, numbers: Numbers) -> list[tuple[str, str]]:
        """Where, when, and the metric card."""
        card = panel.metric
        return [
            ("范围", numbers.unit.name if numbers.unit else "大连市"), ("期间", numbers.period.label),
            ("截至", datetime_cn(clock.now())), ("口径", f"{card.title}（{card.version}）：{card.definition}"),
            ("分子", card.numerator), ("分母", card.denominator), ("时点", card.as_of), ("来源", card.source),
        ]  # fmt: skip


class UnitDashboard(Dashboard):
    """/dashboard/<code>/: one district or functional zone; 404 for whoever does not answer for it."""

    def unit(self):
        """The unit, if it is the actor's."""
        found = units_of(self.actor).filter(code=self.kwargs["code"]).first()
        if found is None:
            raise Http404
        return found

    def elsewhere(self) -> str | None:
        """Already there."""
        return None

    def crumbs(self) -> list:
        """Back to the city, for the city."""
        return [("看板", reverse("dashboard"))] if oversees_city(self.actor) else []


class _Behind:
    """A list behind a figure; whoever sees the dashboard sees it, in his own scope."""

    permission = "dashboard.view"
    subtitle = "看板数字背后的清单：件数与看板一致。"

    def crumbs(self) -> list:
        """Back to the dashboard."""
        return [("看板", reverse("dashboard")), (self.title, "")]


class TicketsBehind(_Behind, TicketListPage):
    """/dashboard/tickets/"""

    title, filterset_class = "看板工单清单", TicketsBehindFilter


class WhistlesBehind(_Behind, WhistleListPage):
    """/dashboard/whistles/"""

    title, filterset_class = "看板哨单清单", WhistlesBehindFilter
