"""取数登记: the list for everybody concerned, taking figures, and what was taken."""

from django.urls import reverse

from governance.kernel import clock
from governance.kernel.ui.exports import Sheet, export_response
from governance.kernel.ui.formats import datetime_cn
from governance.kernel.ui.views import Column, DetailPage, FormPage, ListPage, Page
from governance.territory.models import Division

from ..filters import TakingFilter
from ..forms import TakeForm
from ..measures import measures, years
from ..models import DataElement, DataTaking
from ..selectors import corrections_of, fixed, grouped, rows_of
from ..services import facts_take
from ..services.takings import BY_FORM
from ..shielding import trade_of
from . import FOLDER, SHOWN_ROWS, department_of


def way(row: DataTaking) -> str:
    """How it was taken, in words."""
    return {"api": "接口", BY_FORM: "表格自动应答"}.get(row.via, "页面")


class TakingList(ListPage):
    """/takings/"""

    title, icon, model, filterset_class = "取数登记", "download", DataTaking, TakingFilter
    subtitle = "部门取数代替报表。取数即登记：谁、为什么、取了哪些社区的哪些数据，相关社区和街道都看得到。"
    empty_title, empty_text, export_name = "还没有取数", "部门取数后会列在这里。", "取数登记"
    columns = [
        Column("purpose", "用途", primary=True, width=40),
        Column("department.short_name", "取数部门", sort="department__code"),
        Column("elements", "数据项", render=lambda row: f"{len(row.elements)} 项", export=lambda row: "、".join(row.elements)),
        Column("communities", "社区数", kind="number", sort="communities"),
        Column("facts", "取得数据", kind="number", sort="facts"),
        Column("via", "方式", render=way, wide=True, export=way),
        Column("at", "时间", kind="datetime", sort="at"),
    ]  # fmt: skip

    def get_queryset(self):
        """With the department."""
        return DataTaking.objects.select_related("department")

    def actions(self):
        """Taking, for departments."""
        if not self.may("fact.take"):
            return []
        return [{"label": "取数", "url": reverse("taking-new"), "icon": "download", "primary": True}]


class TakingNew(FormPage):
    """/takings/new/"""

    title, icon, permission, form_class = "取数", "download", "fact.take", TakeForm
    subtitle = "平台已有的数据直接取，不用发表。"
    template_name, success_message = f"{FOLDER}take.html", "已登记。数据在下面，可以导出。"
    consequence = "取数随即登记，相关社区、街道和区县看得到部门、用途和范围。"

    def form_kwargs(self) -> dict:
        """The department narrows elements and places."""
        return {"department": department_of(self.actor)}

    def cancel_url(self) -> str:
        """The list."""
        return reverse("takings")

    def run(self, form):
        """Take and register."""
        taking, _facts = facts_take(
            by=self.actor, department=form.department, purpose=form.cleaned_data["purpose"],
            basis=form.cleaned_data["basis"], elements=form.picked(), communities=form.communities(),
        )  # fmt: skip
        return taking

    def show(self, form, status: int = 200):
        """With the catalogue by theme."""
        names = {"groups": grouped(form.open_elements), "ticked": form.chosen(), "form": form}
        return self.draw({**names, "cancel_url": self.cancel_url(), "consequence": self.consequence}, status=status)


class TakingPage(DetailPage):
    """/takings/<pk>/: the register's line; for the department also the figures, as they are now."""

    model, icon, badge_field = DataTaking, "download", ""
    template_name = f"{FOLDER}taking.html"

    def get_queryset(self):
        """With department and form."""
        return DataTaking.objects.select_related("department", "form")

    def rows(self, most: int | None = None) -> list:
        """The current figures, for the department that took them."""
        row = self.object
        if not self.may("fact.take", row):
            return []
        elements = self.elements()
        places = list(Division.objects.filter(pk__in=row.community_ids).order_by("code12")[:most])
        return rows_of(elements, places, since=row.at, trade=trade_of(self.actor, row.department))

    def get(self, request, *args, **kwargs):
        """The page, or the figures as a file."""
        if request.GET.get("export") in ("xlsx", "csv"):
            rows = self.rows()
            columns = [
                Column("community.code12", "社区代码"),
                Column("community.name", "社区（村）"),
                *(
                    Column(str(at), cell.element.name, export=lambda row, at=at: row.cells[at].value)
                    for at, cell in enumerate(rows[0].cells if rows else [])
                ),
                Column("fixed", "更正", export=fixed),
            ]
            sheet = Sheet("取数", columns, rows, synthetic=self.object.is_synthetic, notes=self.export_head())
            return export_response(sheet, request.GET["export"])
        return super().get(request, *args, **kwargs)

    def export_head(self) -> list[tuple[str, str]]:
        """The moment, what it was taken for, and what each figure is."""
        row, names = self.object, self.elements()
        return [
            ("截至", datetime_cn(clock.now())), ("取数部门", str(row.department)), ("用途", row.purpose), ("依据", row.basis or "—"),
            ("口径", "；".join(f"{one.name}：{one.source_name}，有效期 {one.days} 天" for one in names)),
        ]  # fmt: skip

    def elements(self) -> list[DataElement]:
        """What was taken, as the catalogue holds today."""
        return list(DataElement.objects.in_force().filter(code__in=self.object.elements).order_by("code"))

    def crumbs(self):
        """From the list."""
        return [("取数登记", reverse("takings")), (self.object.purpose, "")]

    def head(self):
        """What it was for."""
        return super().head() | {"title": self.object.purpose}

    def facts(self) -> list:
        """Who, when, how much."""
        row = self.object
        form = [("由哪张表", row.form.number)] if row.form_id else []
        return [
            ("取数部门", row.department), ("经办", row.by_label), ("依据", row.basis or "—"), ("时间", row.at), ("方式", way(row)), *form,
            ("社区数", row.communities), ("取得数据", row.facts),
        ]  # fmt: skip

    def extra_context(self) -> dict:
        """Elements by name; figures; how many were corrected since."""
        rows, row = self.rows(SHOWN_ROWS), self.object
        return {
            "elements": self.elements(), "rows": rows, "more": max(row.communities - SHOWN_ROWS, 0) if rows else 0,
            "wrong": corrections_of(row.elements, row.community_ids, row.at) if rows else 0,
        }  # fmt: skip


class MeasuresPage(Page):
    """/collection/measures/: how much is not asked any more."""

    title, icon, template_name = "减表成效", "chart", f"{FOLDER}measures.html"
    subtitle = "预填率、重复填报、人工填写项、少发的表。只看表和部门，不比较社区和街道。"

    def get(self, request, *args, **kwargs):
        """The year's figures."""
        known = years()
        sent = request.GET.get("year", "")
        year = int(sent) if sent.isascii() and sent.isdigit() and len(sent) == 4 and int(sent) in known else known[0]
        return self.draw({"year": year, "years": known, "measures": measures(year, self.actor)})
