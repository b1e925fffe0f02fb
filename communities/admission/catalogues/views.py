"""Pages of the lists: public to read; the city office reviews and issues."""

from django.http import Http404
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.ui.views import Column, DetailPage, FormPage, ListPage

from ..models import AdmissionItem, Catalogue
from ..states import BasisMark, CatalogueStatus, ItemClass
from .filters import CatalogueFilter, ItemFilter
from .forms import DecideForm, DraftForm, IssueForm
from .selectors import carried_rows, catalogues_with_counts, item_history
from .services import catalogue_draft, catalogue_issue, item_decide

CATALOGUE_COLUMNS = [
    Column("year", "清单", render=str, primary=True, sort="year", export=str, width=28),
    Column("status", "状态", kind="status", sort="status"),
    Column("issued", "印发时事项数", kind="number", sort="issued"),
    Column("extra", "年内准入", kind="number"),
    Column("forbidden", "禁入事项", kind="number", wide=True),
    Column("effective_from", "生效日期", kind="date", sort="effective_from"),
    Column("effective_to", "失效日期", kind="date", wide=True),
    Column("document", "印发文件", wide=True, width=30),
]
ITEM_COLUMNS = [
    Column("code", "准入号", kind="code", sort="code"),
    Column("name", "事项", primary=True, sort="name", width=48),
    Column("klass", "类别", kind="status", sort="klass"),
    Column("place", "适用对象", kind="status", sort="place"),
    Column("form", "形态", kind="status", sort="form"),
    Column("department.short_name", "主责部门", sort="department__code"),
    Column("frequency_cap", "每年上限", render=lambda row: f"{row.frequency_cap} 次" if row.frequency_cap else "不限",
           export=lambda row: row.frequency_cap, sort="frequency_cap"),
    Column("minutes", "单次（分钟）", kind="number", sort="minutes"),
    Column("basis_document", "依据", wide=True, width=36),
    Column("basis_mark", "依据适用", kind="status", wide=True),
    Column("valid_from", "生效", kind="date", sort="valid_from", wide=True),
    Column("valid_to", "失效", kind="date", sort="valid_to", wide=True),
]  # fmt: skip


class CatalogueListPage(ListPage):
    """/catalogues/"""

    title, icon, public = "准入清单各版", "archive", True
    subtitle = "进社区（村）的事项以现行清单为准；事项文字为示例，不是官方清单原文"
    columns, filterset_class, order = CATALOGUE_COLUMNS, CatalogueFilter, "-year"
    template_name = "communities/admission/catalogue_list.html"
    empty_title = "还没有清单"

    def get_queryset(self):
        """With counts."""
        return catalogues_with_counts()

    def actions(self) -> list[dict]:
        """Compare; draft for the city office."""
        rows = [
            {"label": "现行事项", "url": reverse("admission-items"), "icon": "list"},
            {"label": "版本对比", "url": reverse("catalogue-compare"), "icon": "scale"},
        ]
        if self.may("catalogue.review"):
            rows.append({"label": "年度评估", "url": reverse("catalogue-draft"), "icon": "edit", "primary": True})
        return rows


class ItemListPage(ListPage):
    """/admission-items/"""

    title, icon, public = "准入事项", "list", True
    subtitle = "没有准入号的要求，社区（村）可以拒收"
    columns, filterset_class, order = ITEM_COLUMNS, ItemFilter, "code"
    empty_title = "没有准入事项"

    def get_queryset(self):
        """With department."""
        return AdmissionItem.objects.select_related("department")

    def actions(self) -> list[dict]:
        """To the versions."""
        return [
            {"label": "清单各版", "url": reverse("catalogues"), "icon": "archive"},
            {"label": "版本对比", "url": reverse("catalogue-compare"), "icon": "scale"},
        ]


class CataloguePage(DetailPage):
    """/catalogues/<pk>/"""

    model, icon, public = Catalogue, "archive", True
    template_name = "communities/admission/catalogue.html"

    def get_queryset(self):
        """With counts."""
        return catalogues_with_counts().select_related("previous")

    def crumbs(self) -> list:
        """From the list."""
        return [("准入清单各版", reverse("catalogues")), (str(self.object), "")]

    def facts(self) -> list:
        """Dates and document."""
        row = self.object
        previous = [("上一版", row.previous, row.previous.get_absolute_url())] if row.previous else []
        return [
            ("适用对象", row.get_place_display()),
            ("生效日期", row.effective_from or "—"),
            ("失效日期", row.effective_to or "—"),
            ("印发文件", row.document or "—"),
            ("说明", row.note or "—"),
            *previous,
        ]

    def events(self) -> list:
        """What was decided about it; only for those who decide."""
        if not self.may("catalogue.review"):
            return []
        rows = AuditEvent.objects.filter(thread=f"catalogue:{self.object.pk}").order_by("-id")[:60]
        return [{"at": row.at, "title": row.label, "who": row.actor_label, "body": row.note} for row in rows]

    def moves(self) -> list:
        """A draft can be issued."""
        if self.object.status != CatalogueStatus.DRAFT or not self.may("catalogue.issue"):
            return []
        return [
            {"name": "issue", "label": "印发清单", "icon": "check", "link": True, "url": f"{self.request.path}issue/",
             "hint": "替代现行清单；现行清单的事项随即失效。"}
        ]  # fmt: skip

    def extra_context(self) -> dict:
        """For a draft, every present item with what was decided."""
        row = self.object
        drafted = row.status == CatalogueStatus.DRAFT and self.may("catalogue.review")
        compare = reverse("catalogue-compare")
        return {
            "catalogue": row,
            "items_url": f"{reverse('admission-items')}?place={row.place}&year={row.year}",
            "compare_url": f"{compare}?place={row.place}&old={row.previous.year}&new={row.year}"
            if row.previous
            else "",
            "decisions": carried_rows(row) if drafted else [],
        }


class ItemPage(DetailPage):
    """/admission-items/<pk>/"""

    model, icon, public = AdmissionItem, "file", True
    template_name = "communities/admission/item.html"

    def get_queryset(self):
        """With its version and department."""
        return AdmissionItem.objects.select_related("catalogue", "department", "unit")

    def head(self) -> dict:
        """Name above number."""
        return super().head() | {"title": self.object.name, "subtitle": f"准入号 {self.object.code}"}

    def crumbs(self) -> list:
        """Through the version."""
        item = self.object
        url = f"{reverse('admission-items')}?place={item.place}&year={item.catalogue.year}"
        return [("准入事项", reverse("admission-items")), (str(item.catalogue), url), (item.code, "")]

    def facts(self) -> list:
        """What the gate goes by."""
        item = self.object
        return [
            ("清单", item.catalogue, item.catalogue.get_absolute_url()),
            ("类别", item.get_klass_display()),
            ("适用对象", item.get_place_display()),
            ("限于区县", item.unit or "全市"),
            ("形态", item.get_form_display()),
            ("主责部门", item.department),
            ("社区办理方式", item.get_handling_display()),
            ("信息支持", item.information or "—"),
            ("期限", item.get_term_display()),
            ("生效日期", item.valid_from),
            ("失效日期", item.valid_to or "—"),
        ]

    def extra_context(self) -> dict:
        """Basis, gate and history."""
        item = self.object
        return {
            "item": item,
            "mark": BasisMark(item.basis_mark),
            "admits": item.is_in_force() and item.klass != ItemClass.FORBIDDEN
            and item.catalogue.status != CatalogueStatus.DRAFT,
            "forbidden": item.klass == ItemClass.FORBIDDEN,
            "pending": item.catalogue.status != CatalogueStatus.DRAFT and item.valid_from > clock.today(),
            "history": item_history(item, self.actor),
            "fund_yuan": item.fund_per_time_fen / 100,
        }  # fmt: skip


class DraftPage(FormPage):
    """/catalogues/draft/: 年度评估, next year's draft from the present list."""

    title, icon = "年度评估：起草下一版清单", "edit"
    form_class, permission = DraftForm, "catalogue.review"
    submit_label = "起草"
    consequence = "把现行清单的全部事项抄入草案，再逐项决定保留、修改、合并或退出。"

    def initial(self) -> dict:
        """Next year."""
        return {"year": clock.today().year + 1}

    def run(self, form):
        """Draft."""
        return catalogue_draft(by=self.actor, **form.facts())


class DecidePage(FormPage):
    """/catalogues/<pk>/decide/<code>/"""

    model, icon = Catalogue, "edit"
    form_class, permission = DecideForm, "catalogue.review"
    submit_label = "记下决定"

    def source(self) -> AdmissionItem:
        """The item as it is in force; 404 for a number that is not there."""
        found = self.object.previous and self.object.previous.items.filter(code=self.kwargs["code"]).first()
        if not found:
            raise Http404("现行清单中没有这一项。")
        return found

    def head(self) -> dict:
        """Which item."""
        return super().head() | {"title": f"评估 {self.kwargs['code']}", "subtitle": self.source().name}

    def form_kwargs(self) -> dict:
        """What it can be merged into."""
        return {"draft": self.object, "code": self.kwargs["code"]}

    def initial(self) -> dict:
        """As it is drafted, else as it is in force."""
        row = self.object.items.filter(code=self.kwargs["code"]).first() or self.source()
        return {name: getattr(row, name) for name in ("name", "minutes", "frequency_cap")}

    def run(self, form):
        """Decide."""
        return item_decide(
            draft=self.object, by=self.actor, code=self.kwargs["code"], decision=form.decision(self.source())
        )


class IssuePage(FormPage):
    """/catalogues/<pk>/issue/"""

    model, icon = Catalogue, "check"
    form_class, permission = IssueForm, "catalogue.issue"
    submit_label, success_message = "印发", "清单已印发。"
    consequence = "自生效日起替代现行清单；现行事项同日失效。此步不能撤销。"

    def head(self) -> dict:
        """Which one."""
        return super().head() | {"title": f"印发 {self.object}"}

    def initial(self) -> dict:
        """The first day of its year, or tomorrow."""
        return {"effective_from": max(clock.today(), clock.today().replace(year=self.object.year, month=1, day=1))}

    def run(self, form):
        """Issue."""
        return catalogue_issue(catalogue=self.object, by=self.actor, **form.facts())
