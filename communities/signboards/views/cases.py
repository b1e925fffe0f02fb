"""Rectifications, re-checks, lists and the figures."""

from django.urls import reverse

from governance.kernel import clock
from governance.kernel.ui.exports import Sheet, export_response
from governance.kernel.ui.views import ActionView, DetailPage, FormPage, ListPage, Page

from .. import columns, forms, report, selectors, services
from ..filters import RecheckFilter, RectificationFilter
from ..models import Rectification, Signboard, SignboardCatalogue, SignboardRecheck
from ..workflow import RECHECK_FLOW, RECTIFICATION_FLOW
from .boards import root_crumb


class RectificationListPage(ListPage):
    """/signboards/rectifications/"""

    title, icon, model = "清牌整改单", "alert", Rectification
    columns, filterset_class = columns.RECTIFICATION_COLUMNS, RectificationFilter
    subtitle = "整改的责任在部门；只督办、通报部门。"
    empty_title, empty_text = "没有整改单", "发现无准入号、超上限或回潮的牌子时，向责任部门开具。"

    def get_queryset(self):
        """With what the columns show."""
        return Rectification.objects.select_related("department", "street")


class RectificationPage(DetailPage):
    """/signboards/rectifications/<pk>/"""

    model, flow, icon = Rectification, RECTIFICATION_FLOW, "alert"
    template_name = "communities/signboards/rectification.html"

    def get_queryset(self):
        """With its places."""
        return Rectification.objects.select_related("department", "street", "unit", "community", "audit")

    def crumbs(self) -> list:
        """From the list."""
        return [root_crumb(), ("整改单", reverse("rectifications")), (self.object.number, "")]

    def facts(self) -> list:
        """Who has to do what by when."""
        row = self.object
        audit = [("核查", row.audit, row.audit.get_absolute_url())] if row.audit else []
        return [
            ("编号", row.number), ("原因", row.get_reason_display()), ("要求", row.content), ("责任部门", row.department),
            ("街道（乡镇）", row.street), ("社区（村）", row.community or "见所列牌子"), ("整改期限", row.due_on), *audit,
        ]  # fmt: skip

    def events(self) -> list:
        """What happened."""
        return selectors.history(self.object.thread)

    def extra_context(self) -> dict:
        """Its boards that this reader sees."""
        boards = Signboard.objects.visible_to(self.actor).filter(rectification=self.object)
        rows = boards.select_related("community", "street", "department", "entry", "item").order_by("id")[:50]
        return {"rows": list(rows), "row_columns": columns.BOARD_COLUMNS[:5]}


class RectificationAction(ActionView):
    """/signboards/rectifications/<pk>/actions/<action>/"""

    model, flow = Rectification, RECTIFICATION_FLOW

    def run(self, action, note, version):
        """Take the step."""
        return services.rectification_step(
            rectification=self.object, action=action, by=self.actor, note=note, version=version
        )


class RecheckListPage(ListPage):
    """/signboards/rechecks/"""

    title, icon, model = "回潮复查", "repeat", SignboardRecheck
    columns, filterset_class, order = columns.RECHECK_COLUMNS, RecheckFilter, "due_on"
    subtitle = "摘除后到期由街道到现场看一眼；不要求社区报送。"
    empty_title, empty_text = "没有复查", "牌子摘除后自动安排。"

    def get_queryset(self):
        """With what the columns show."""
        return SignboardRecheck.objects.select_related("board", "community", "department")


class RecheckPage(DetailPage):
    """/signboards/rechecks/<pk>/"""

    model, flow, icon = SignboardRecheck, RECHECK_FLOW, "repeat"

    def get_queryset(self):
        """With its board."""
        return SignboardRecheck.objects.select_related("board", "community", "street", "department")

    def crumbs(self) -> list:
        """From the list."""
        return [root_crumb(), ("回潮复查", reverse("signboard-rechecks")), (self.object.board.name, "")]

    def facts(self) -> list:
        """What to look at."""
        row = self.object
        return [
            ("牌子", row.board, row.board.get_absolute_url()), ("社区（村）", row.community), ("街道（乡镇）", row.street),
            ("责任部门", row.department), ("摘除日期", row.board.removed_on or "—"), ("复查日期", row.due_on),
        ]  # fmt: skip

    def events(self) -> list:
        """The board's history."""
        return selectors.history(self.object.thread)


class RecheckAction(ActionView):
    """/signboards/rechecks/<pk>/actions/<action>/"""

    model, flow = SignboardRecheck, RECHECK_FLOW

    def get_queryset(self):
        """With its board."""
        return SignboardRecheck.objects.select_related("board__community", "board__department")

    def run(self, action, note, version):
        """Answer."""
        return services.recheck_answer(recheck=self.object, action=action, by=self.actor, note=note, version=version)


class CatalogueListPage(ListPage):
    """/signboards/lists/"""

    title, icon, model = "牌子名录", "list", SignboardCatalogue
    columns, order = columns.LIST_COLUMNS, "-year"
    subtitle = "名录为示例，并非官方名录；印发后不能改动，下一年度另行印发。"

    def actions(self) -> list[dict]:
        """Issue the next."""
        if not self.may("signboard_list.issue"):
            return []
        return [{"label": "印发名录", "url": reverse("signboard-list-new"), "icon": "plus", "primary": True}]

    def crumbs(self) -> list:
        """From the register."""
        return [root_crumb(), (self.title, "")]


class CataloguePage(DetailPage):
    """/signboards/lists/<pk>/"""

    model, icon, badge_field = SignboardCatalogue, "list", ""
    template_name = "communities/signboards/list.html"

    def crumbs(self) -> list:
        """From the lists."""
        return [root_crumb(), ("名录", reverse("signboard-lists")), (str(self.object), "")]

    def facts(self) -> list:
        """Year and cap."""
        row = self.object
        return [
            ("年度", str(row.year)), ("适用对象", row.get_place_display()), ("上限", f"{row.cap} 块"), ("施行日期", row.in_force_from),
            ("印发文件", row.document or "—"), ("说明", "示例名录，并非官方名录" if row.is_example else "—"),
        ]  # fmt: skip

    def extra_context(self) -> dict:
        """Its entries."""
        return {"rows": self.object.entries.all(), "row_columns": columns.ENTRY_COLUMNS}


class CatalogueNew(FormPage):
    """/signboards/lists/new/"""

    title, icon, permission, form_class = "印发牌子名录", "list", "signboard_list.issue", forms.ListForm
    consequence = "条目沿用上一年度，上限取施行日的规则；印发后不能改动。"
    success_message = "名录已印发。"

    def run(self, form):
        """Issue it."""
        return services.signboard_list_issue(by=self.actor, **form.facts())

    def cancel_url(self) -> str:
        """Back to the lists."""
        return reverse("signboard-lists")

    def initial(self) -> dict:
        """Next year."""
        year = clock.today().year + 1
        return {"year": year, "in_force_from": f"{year}-01-01"}


class ReportPage(Page):
    """/signboards/report/: found → kept → removed → rate; departments with unadmitted boards; reappearance; savings."""

    title, icon, permission = "清牌报表", "chart", "signboard.report"
    subtitle = "地区按代码排列，不排名；只列责任部门。"
    template_name = "communities/signboards/report.html"

    def get(self, request):
        """The page, or one table as a file."""
        rows = report.by_place(self.actor)
        departments = report.by_department(self.actor)
        tables = {
            "places": ("按地区", columns.PLACE_COLUMNS, rows),
            "departments": ("违规牌子的责任部门", columns.DEPARTMENT_COLUMNS, departments),
        }
        if request.GET.get("export") in tables:
            title, heads, lines = tables[request.GET["export"]]
            return export_response(Sheet(title, heads, lines, [("截至", f"{clock.now():%Y-%m-%d %H:%M}")]), "xlsx")
        panels = [
            {"key": key, "title": title, "columns": heads, "rows": lines}
            for key, (title, heads, lines) in tables.items()
        ]
        return self.draw({"figures": report.figures(rows, self.actor), "panels": panels})

    def crumbs(self) -> list:
        """From the register."""
        return [root_crumb(), (self.title, "")]
