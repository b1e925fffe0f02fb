"""Pages of the burden ledger: departments by minutes, never communities; a community's own weeks; opening a year."""

from django.urls import reverse

from governance.kernel import clock
from governance.kernel.ui.views import ActionView, Column, ListPage, Page

from ..gate.filters import QuotaFilter
from ..models import BurdenQuota, DemandTarget
from .cards import LEVELS, figures_for
from .selectors import weeks_of
from .services import quotas_open


def _share(row: BurdenQuota) -> str:
    whole = row.minutes + row.extra
    return f"{100 * row.used / whole:.0f}%" if whole else "—"


class BurdenPage(ListPage):
    """/burden/: what departments asked of communities, by minutes, with the terms of each quota."""

    title, icon, model, filterset_class = "部门负担账本", "chart", BurdenQuota, QuotaFilter
    subtitle = "按分钟排部门，不排社区。额度年初锁定，只减不增；超出的须有增负说明并经同意。"
    permission, template_name = "burden.view", "communities/admission/burden.html"
    order, export_name = "-used", "部门负担账本"
    empty_title, empty_text = "还没有部门用过额度", "部门第一次下达时按规则开账。"
    columns = [
        Column("department.short_name", "部门", primary=True, url=lambda row: f"{reverse('demands')}?department={row.department.code}",
               sort="department__code", width=24),
        Column("year", "年度", sort="year", render=lambda row: str(row.year)),
        Column("used", "已用分钟", kind="number", sort="used"),
        Column("share", "占额度", render=_share, align="end"),
        Column("minutes", "额度分钟", kind="number", sort="minutes"),
        Column("extra", "批准增加", kind="number", sort="extra"),
        Column("left", "剩余分钟", kind="number"),
    ]  # fmt: skip

    def get_queryset(self):
        """This year's unless another is asked for."""
        rows = BurdenQuota.objects.select_related("department")
        return rows if self.request.GET.get("year") else rows.filter(year=clock.today().year)

    def extra_context(self) -> dict:
        """The year's figures, and the button that opens the next year."""
        return {"figures": figures_for(self.actor), "may_open": self.may("quota.open"), "year": clock.today().year}


class WeeksPage(Page):
    """/burden/weeks/: a community's own weeks, a street's communities by name, not by rank."""

    title, icon, permission = "本社区负担", "calendar", "target.view"
    subtitle = "每名社区工作者每周的分钟数。红区自动冻结新增要求。只有本社区和街道看得到。"
    template_name = "communities/admission/burden_weeks.html"

    def get(self, request, *args, **kwargs):
        """Draw the weeks."""
        rows = weeks_of(DemandTarget.objects.visible_to(self.actor))
        for row in rows:
            row["badge"] = LEVELS[row["level"]]
        columns = [
            Column("week", "周（周一）", kind="date", primary=True, url=lambda row: ""),
            Column("community__name", "社区（村）"), Column("badge", "负担", kind="status"),
            Column("index", "分钟/人"), Column("minutes", "要求分钟", kind="number"),
            Column("demands", "要求数", kind="number"),
        ]  # fmt: skip
        return self.draw({"rows": rows, "columns": columns, "card_url": reverse("metric-card", args=["burden.index"])})


class QuotasOpen(ActionView):
    """/burden/open/: POST; locks the quotas of this year."""

    permission, action = "quota.open", "open"

    def run(self, action, note, version):
        """Open the current year."""
        self.made = quotas_open(year=clock.today().year, by=self.actor)

    def done_message(self, action) -> str:
        """How many are new."""
        return f"已锁定 {clock.today().year} 年额度：新开 {self.made} 个部门。"

    def success_url(self, result) -> str:
        """The ledger."""
        return reverse("burden")

    def back(self) -> str:
        """The ledger."""
        return reverse("burden")
