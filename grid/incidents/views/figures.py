"""/incidents/figures/"""

from governance.kernel.actor import Actor
from governance.kernel.errors import Forbidden
from governance.kernel.ui.views import Page

from .. import figures
from . import FOLDER


def may_read(actor: Actor) -> bool:
    """Whether somebody holds a post."""
    return bool(actor.posts)


class FiguresPage(Page):
    """The indicators by unit and month, the heat map of re-routing, what nobody seems to be responsible for."""

    title, icon, template_name = "网格事件指标", "chart", f"{FOLDER}figures.html"
    subtitle = "按区县和月份统计，不按人；近十二个月上报的事件。"

    def check_permission(self) -> None:
        """For those in post."""
        if not may_read(self.actor):
            raise Forbidden("没有岗位，不能查看指标。")

    def get(self, request):
        """Draw it."""
        return self.draw({
            "totals": figures.totals(self.actor), "months": figures.by_month(self.actor),
            "heat": figures.heat(self.actor), "unclear": figures.unclear(self.actor),
        })  # fmt: skip
