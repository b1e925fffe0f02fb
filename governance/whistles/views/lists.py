"""The lists of whistles and tickets."""

from django.urls import reverse
from django.utils.html import format_html, format_html_join

from governance.kernel.ui import draw
from governance.kernel.ui.rings import ring
from governance.kernel.ui.views import Column, ListPage

from ..filters import TicketFilter, WhistleFilter
from ..selectors.tickets import clocks_attach, ticket_list_rows
from ..selectors.whistles import due_annotate, whistle_list_rows
from ..states import Scene, TicketRole

LIST = "governance/whistles/list.html"


def _subject(number: str, title: str) -> str:
    """Number above title: what a list's first column says."""
    return format_html('<span class="subject-number">{}</span> <span class="subject-title">{}</span>', number, title)


def _clock(row) -> str:
    """The ring of the limit that runs; without one, what comes next."""
    if not row.clock:
        return format_html('<span class="quiet">{}</span>', getattr(row, "next_step", "") or "—")
    shown = draw.ring(ring(row.clock.due_at, row.clock.started_at, row.clock.state), label=row.clock.label)
    return format_html("{} {}", shown, draw.provisional()) if row.clock.provisional else shown


def _departments(whistle) -> str:
    """Lead first; the others behind it."""
    words = ((part.department.short_name, TicketRole(part.role).label) for part in whistle.parts)
    return format_html_join("、", '{}<span class="quiet">（{}）</span>', words) or "—"


def _departments_text(whistle) -> str:
    return "、".join(f"{part.department.short_name}（{TicketRole(part.role).label}）" for part in whistle.parts)


def _first_due(whistle):
    """The part that is due first; None when no clock runs."""
    running = [part for part in whistle.parts if part.seen and part.due_at]
    return min(running, key=lambda part: part.due_at, default=None)


WHISTLE_COLUMNS = [
    Column(
        "title", "哨单", render=lambda row: _subject(row.number or "草稿", row.title), primary=True, sort="number",
        export=lambda row: f"{row.number or '草稿'} {row.title}", width=48,
    ),
    Column("status", "状态", kind="status", sort="status"),
    Column("clock", "最近时限", kind="clock", render=_clock, export=lambda row: row.due_at, width=20),
    Column("scene", "情形", render=lambda row: Scene(row.scene).label, sort="scene"),
    Column("street.name", "街道", sort="street__code12"),
    Column("community.name", "社区（村）", wide=True, sort="community__code12"),
    Column("departments", "承办部门", render=_departments, export=_departments_text, width=40),
    Column("category.name", "事项分类", wide=True, sort="category__code"),
    Column("created_at", "起草时间", kind="datetime", sort="created_at", wide=True),
]  # fmt: skip
TICKET_COLUMNS = [
    Column(
        "whistle.number", "工单", render=lambda row: _subject(row.whistle.number, row.whistle.title), primary=True,
        sort="whistle__number", export=lambda row: f"{row.whistle.number} {row.whistle.title}", width=48,
    ),
    Column("status", "状态", kind="status", sort="status"),
    Column("clock", "时限", kind="clock", render=_clock, sort="due_at", export=lambda row: row.due_at, width=20),
    Column("department.short_name", "承办部门", sort="department__code"),
    Column("role", "分工", kind="status"),
    Column("scene", "情形", render=lambda row: Scene(row.scene).label, sort="scene"),
    Column("street.name", "街道", sort="street__code12"),
    Column("category.name", "事项分类", wide=True, sort="category__code"),
    Column("rework_count", "返工", kind="number", wide=True, sort="rework_count"),
    Column("created_at", "派发时间", kind="datetime", sort="created_at", wide=True),
]  # fmt: skip


class WhistleListPage(ListPage):
    """/whistles/"""

    title, icon, template_name = "哨单", "whistle", LIST
    columns, filterset_class = WHISTLE_COLUMNS, WhistleFilter
    empty_title = "还没有哨单"
    empty_text = "街道解决不了、需要部门到场的事，由街道吹哨。"

    def get_queryset(self):
        """Whistles with their parts; for a file also what is due first."""
        rows = whistle_list_rows(self.actor)
        return due_annotate(rows, self.actor) if self.request.GET.get("export") else rows

    def actions(self):
        """Blow, for those who may."""
        if not self.may("whistle.blow"):
            return []
        return [{"label": "吹哨", "url": reverse("whistle-blow"), "icon": "whistle", "primary": True}]

    @property
    def empty_action(self):
        """The same from an empty page."""
        return ("吹哨", reverse("whistle-blow")) if self.may("whistle.blow") else ("", "")

    def page(self, queryset):
        """Put the nearest clock on each row."""
        page = super().page(queryset)
        clocks_attach([part for row in page.rows for part in row.parts if part.seen])
        for row in page.rows:
            first = _first_due(row)
            row.clock, row.row_tone = (first.clock, first.row_tone) if first else (None, "")
        return page


class TicketListPage(ListPage):
    """/tickets/"""

    title, icon, template_name = "部门工单", "inbox", LIST
    columns, filterset_class = TICKET_COLUMNS, TicketFilter
    empty_title = "还没有工单"
    empty_text = "哨单派发后，每个承办部门各有一张工单。"

    def get_queryset(self):
        """Tickets with what the columns show."""
        return ticket_list_rows()

    def page(self, queryset):
        """Put its clock on each row."""
        page = super().page(queryset)
        clocks_attach(page.rows)
        return page
