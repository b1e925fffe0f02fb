"""/incidents/figures/"""

from django.http import Http404
from django.urls import reverse

from governance.kernel.actor import Actor
from governance.kernel.errors import Forbidden
from governance.kernel.ui.exports import Sheet, export_response
from governance.kernel.ui.views import Page
from governance.territory.models import ManagementUnit

from .. import figures
from ..figures import Line
from ..models import Incident
from ..sheets import figures_sheet, heat_sheet
from . import FOLDER


def may_read(actor: Actor) -> bool:
    """Whether somebody holds a post."""
    return bool(actor.posts)


class FiguresPage(Page):
    """The indicators by unit and month, the heat map of re-routing, what nobody seems to be responsible for."""

    title, icon, template_name = "网格事件指标", "chart", f"{FOLDER}figures.html"
    subtitle = "按区县和月份统计，不按人；近十二个月（含本月）上报的事件。"

    def check_permission(self) -> None:
        """For those in post."""
        if not may_read(self.actor):
            raise Forbidden("没有岗位，不能查看指标。")

    def get(self, request):
        """Draw it, for all that one sees or one unit of it."""
        units = {row.pk: row for row in ManagementUnit.objects.order_by("code")}
        unit = next((row for row in units.values() if row.code == request.GET.get("unit")), None)
        if unit is None and request.GET.get("unit"):
            raise Http404
        if request.GET.get("export") in ("xlsx", "csv"):
            return export_response(self.sheet(units, unit), request.GET["export"])
        numbers, page = figures.numbers(self.actor, unit), reverse("incident-figures")
        seen = figures.heat(self.actor, unit)
        by_unit, by_month = numbers.units, numbers.months
        lines = [
            Line(row.short_name, "", by_unit[pk], f"{page}?unit={row.code}")
            for pk, row in units.items() if pk in by_unit
        ]  # fmt: skip
        return self.draw({
            "totals": figures.rates_of(numbers.total), "count": numbers.total, "unit": unit, "page_url": page,
            "units": lines if len(lines) > 1 else [],
            "months": [Line("", f"{month:%Y-%m}", by_month[month]) for month in sorted(by_month, reverse=True)],
            "heat": seen, "unclear": figures.unclear(self.actor, unit, seen=seen),
        })  # fmt: skip

    def sheet(self, units: dict[int, ManagementUnit], unit: ManagementUnit | None) -> Sheet:
        """What ``?table=`` names, of the same unit as the page."""
        newest = Incident.objects.visible_to(self.actor).filter(**({"unit": unit} if unit else {})).order_by("-id")
        scope = {
            "filters": [("区县", unit.name)] if unit else [],
            "synthetic": bool(newest.values_list("is_synthetic", flat=True).first()),
        }
        if self.request.GET.get("table") == "heat":
            return heat_sheet(figures.heat(self.actor, unit), **scope)
        return figures_sheet(figures.numbers(self.actor, unit), units, **scope)
