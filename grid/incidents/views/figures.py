"""/incidents/figures/"""

from django.http import Http404
from django.urls import reverse

from governance.kernel.actor import Actor
from governance.kernel.errors import Forbidden
from governance.kernel.ui.views import Page
from governance.territory.models import ManagementUnit

from .. import figures
from ..figures import Line
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
        numbers, page = figures.numbers(self.actor, unit), reverse("incident-figures")
        seen = figures.heat(self.actor, unit)
        lines = [
            Line(row.short_name, f"{page}?unit={row.code}", numbers.units[pk])
            for pk, row in units.items()
            if pk in numbers.units
        ]
        return self.draw({
            "totals": figures.rates_of(numbers.total), "count": numbers.total, "unit": unit, "page_url": page,
            "units": lines if len(lines) > 1 else [],
            "months": [Line(f"{month:%Y-%m}", "", numbers.months[month]) for month in sorted(numbers.months, reverse=True)],
            "heat": seen, "unclear": figures.unclear(self.actor, unit, seen=seen),
        })  # fmt: skip
