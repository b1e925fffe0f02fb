"""Pages of the books: the trial balance, accounts and their statements, journals, the way of every yuan."""

from datetime import datetime, time

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html

from governance.kernel import clock
from governance.kernel.ui.views import Column, DetailPage, FormPage, ListPage, Page

from .filters import AccountFilter, JournalFilter
from .forms import CloseForm, ReverseForm
from .models import Account, Entry, Journal, Period
from .money import yuan
from .selectors import TrialLine, balance_of, statement, trial_balance, way_of
from .services import journal_reverse, period_close
from .states import AccountKind, Fund, JournalKind


def money(name: str, label: str, **more) -> Column:
    """A column of fen, read and exported in yuan."""

    def value(row):
        return getattr(row, name)

    return Column(
        name,
        label,
        kind="number",
        render=lambda row: yuan(value(row)),
        export=lambda row: (value(row) or 0) / 100,
        **more,
    )


ACCOUNT_COLUMNS = [
    Column("holder", "单位", render=lambda row: row.holder, primary=True, export=lambda row: str(row.holder), width=24),
    Column("year", "年度", render=lambda row: str(row.year), sort="year"),
    Column("fund", "经费", kind="status", sort="fund"),
    Column("kind", "性质", kind="status", sort="kind"),
    Column("project", "项目", kind="code"),
    Column("economic_name", "经济分类", wide=True, width=24),
    Column("function_name", "功能分类", wide=True, width=28),
    money("balance_fen", "余额（元）", sort="balance_fen"),
    Column("last_at", "最近变动", kind="datetime", wide=True),
]
JOURNAL_COLUMNS = [
    Column("number", "凭证号", kind="code", primary=True),
    Column("day", "记账日期", kind="date", sort="day"),
    Column("kind", "事由", kind="status", sort="kind"),
    Column("fund", "经费", kind="status", wide=True),
    Column("memo", "摘要", width=40),
    Column("document_label", "单据", url=lambda row: row.document_url, wide=True, width=30),
    money("amount_fen", "金额（元）", sort="amount_fen"),
    Column("by_label", "经办", wide=True),
]


class AccountListPage(ListPage):
    """/ledger/accounts/"""

    title, icon, model, permission = "账户余额", "archive", Account, "account.view"
    subtitle = "每个余额都能点开看分录，每笔分录都能点开看单据"
    columns, filterset_class = ACCOUNT_COLUMNS, AccountFilter
    empty_title = "没有账户"

    def get_queryset(self):
        """With their holders."""
        return Account.objects.select_related("unit", "community")


class AccountPage(DetailPage):
    """/ledger/accounts/<pk>/: its statement, and its balance at a past day's end."""

    model, icon, permission = Account, "archive", "account.view"
    template_name = "funding/ledger/account.html"
    page_size = 100

    def get_queryset(self):
        """With its holder."""
        return Account.objects.select_related("unit", "street", "community")

    def head(self) -> dict:
        """Holder and meaning."""
        row = self.object
        return super().head() | {"title": f"{row.holder} {row.get_kind_display()}", "subtitle": str(row)}

    def crumbs(self) -> list:
        """From the list."""
        return [("账户余额", reverse("accounts")), (str(self.object.holder), "")]

    def facts(self) -> list:
        """What it is for."""
        row = self.object
        return [
            ("年度", f"{row.year} 年"),
            ("经费", row.get_fund_display()),
            ("性质", row.get_kind_display()),
            ("功能分类", row.function_name),
            ("经济分类", row.economic_name or "—"),
            ("项目", row.project or "—"),
            ("分录", f"{row.entries} 笔"),
        ]

    def extra_context(self) -> dict:
        """The statement from ``?before=`` on, and the balance as of ``?on=``."""
        row = self.object
        rows = statement(row)
        before = self.request.GET.get("before", "")
        if before.isascii() and before.isdigit() and len(before) < 18:
            rows = rows.filter(seq__lt=int(before))
        rows = list(rows[: self.page_size + 1])
        on = parse_date_or_none(self.request.GET.get("on", ""))
        shown = rows[: self.page_size]
        return {
            "entries": shown,
            "older": shown[-1].seq if len(rows) > self.page_size else None,
            "on": on,
            "then": balance_of(row, at=end_of(on)) if on else None,
        }


def parse_date_or_none(text: str):
    """A day, or None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def end_of(day) -> datetime:
    """The last moment of a day in the city."""
    return timezone.make_aware(datetime.combine(day, time.max))


class JournalListPage(ListPage):
    """/ledger/journals/"""

    title, icon, model, permission = "记账凭证", "file", Journal, "account.view"
    subtitle = "只增不改；记错的用红字冲销"
    columns, filterset_class = JOURNAL_COLUMNS, JournalFilter
    empty_title = "没有凭证"


class JournalPage(DetailPage):
    """/ledger/journals/<pk>/"""

    model, icon, permission = Journal, "file", "account.view"
    template_name = "funding/ledger/journal.html"

    def get_queryset(self):
        """With what it reverses."""
        return Journal.objects.select_related("reverses", "reversed_by")

    def head(self) -> dict:
        """Number and memo."""
        row = self.object
        return super().head() | {"title": f"凭证 {row}", "subtitle": row.memo, "badge": JournalKind(row.kind)}

    def crumbs(self) -> list:
        """From the list."""
        return [("记账凭证", reverse("journals")), (str(self.object), "")]

    def reversed(self) -> Journal | None:
        """The journal that took this one back."""
        return getattr(self.object, "reversed_by", None)

    def facts(self) -> list:
        """Who, when, why."""
        row, back = self.object, self.reversed()
        document = (
            ("单据", row.document_label, row.document_url) if row.document_url else ("单据", row.document_label or "—")
        )
        links = [("冲销了", row.reverses, row.reverses.get_absolute_url())] if row.reverses else []
        links += [("已被冲销", back, back.get_absolute_url())] if back else []
        return [
            ("金额", f"{yuan(row.amount_fen)} 元"), ("经费", row.get_fund_display()), ("记账日期", row.day),
            ("入账时间", timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M:%S")), ("经办", row.by_label), document, *links,
        ]  # fmt: skip

    def moves(self) -> list:
        """Reverse what may be reversed."""
        row = self.object
        if row.kind == JournalKind.REVERSAL or self.reversed() or not self.may("journal.reverse", row):
            return []
        return [
            {"name": "reverse", "label": "红字冲销", "icon": "alert", "link": True, "url": f"{self.request.path}reverse/",
             "hint": "记一张相反的凭证；原凭证保留。"}
        ]  # fmt: skip

    def extra_context(self) -> dict:
        """The legs that the actor may see."""
        rows = self.object.entries.select_related("account__unit", "account__community").order_by("line")
        shown = list(rows.visible_to(self.actor)[:500])
        return {"entries": shown, "hidden": self.object.legs - len(shown)}


class ReversePage(FormPage):
    """/ledger/journals/<pk>/reverse/"""

    model, icon, object_permission = Journal, "alert", "journal.reverse"
    form_class, submit_label = ReverseForm, "记红字凭证"
    consequence = "将记一张金额相反的凭证，原凭证保留。此步不能撤销。"
    success_message = "已冲销。"

    def head(self) -> dict:
        """Which one."""
        return super().head() | {"title": f"冲销凭证 {self.object}", "subtitle": self.object.memo}

    def run(self, form):
        """Reverse."""
        return journal_reverse(by=self.actor, journal=self.object, **form.facts())


class WayPage(Page):
    """/ledger/entries/<pk>/way/: where the money of one entry came from, to the fen."""

    title, icon, permission = "每一元的来路", "link", "account.view"
    subtitle = "先进先出：先到的先用，精确到分"
    template_name = "funding/ledger/way.html"

    def get(self, request, pk: int):
        """Draw the way; 404 for an entry of somebody else's account."""
        entry = get_object_or_404(
            Entry.objects.visible_to(self.actor).select_related("journal", "account__community", "account__unit"), pk=pk
        )
        steps = [{"step": row, "kind": JournalKind(row.journal.kind)} for row in way_of(entry)]
        return self.draw({"entry": entry, "steps": steps})

    def crumbs(self) -> list:
        """From the books."""
        return [("总账", reverse("ledger")), ("来路", "")]


def shown(year: int, line: TrialLine) -> dict:
    """A line of the trial balance with its words and its accounts."""
    url = f"{reverse('accounts')}?year={year}&fund={line.fund}&kind={line.kind}"
    return {"line": line, "kind": AccountKind(line.kind), "url": url}


class LedgerPage(Page):
    """/ledger/: the trial balance of a year, now or at a past day's end."""

    title, icon, permission = "总账", "scale", "account.view"
    subtitle = "复式记账，数据库保证平衡、不透支、不可改"
    template_name = "funding/ledger/ledger.html"

    def get(self, request):
        """Draw or export."""
        this = clock.today().year
        wanted = request.GET.get("year", "")
        year = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) == 4 else this
        on = parse_date_or_none(request.GET.get("on", ""))
        scope = Account.objects.visible_to(self.actor)
        whole = bool(self.actor.posts_in("city_office", "auditor"))
        lines = trial_balance(year, at=end_of(on) if on else None, accounts=None if whole else scope)
        groups = [
            {"fund": Fund(fund), "lines": [shown(year, row) for row in rows], "sum": sum(row.balance for row in rows)}
            for fund in Fund.values
            if (rows := [row for row in lines if row.fund == fund])
        ]
        return self.draw(
            {
                "groups": groups, "year": year, "years": range(this, this - 5, -1), "on": on, "whole": whole,
                "closed": Period.objects.filter(year=year, status="closed").order_by("month"),
                "may_close": self.may("period.close"),
            }
        )  # fmt: skip


class ClosePage(FormPage):
    """/ledger/close/"""

    title, icon, permission = "结账", "check", "period.close"
    form_class, submit_label = CloseForm, "结账"
    consequence = "结账后，这个月不再接受任何凭证，也不能重新打开。"

    def initial(self) -> dict:
        """The month before this one."""
        today = clock.today()
        return {"year": today.year - (today.month == 1), "month": (today.month - 2) % 12 + 1}

    def run(self, form):
        """Close."""
        return period_close(by=self.actor, **form.facts())

    def success_url(self, result) -> str:
        """To the books."""
        return f"{reverse('ledger')}?year={result.year}"

    def success_message(self, result) -> str:
        """Which month."""
        return format_html("{} 已结账。", result)
