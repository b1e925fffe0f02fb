"""Desk panels: what the city has to approve, what a unit's finance has under way, what has reached a community."""

from governance.accounts import desks
from governance.accounts.desks import Content, Panel, content
from governance.accounts.roles import Role
from governance.kernel.actor import Actor

from .models import DisbursementBatch, DisbursementLine, EntitlementRun
from .selectors import waiting_runs
from .states import BatchStatus, LineStatus, RunStatus

OPEN = (BatchStatus.DRAFT, BatchStatus.CHECKED, BatchStatus.APPROVED, BatchStatus.EXPORTED, BatchStatus.PARTLY_RETURNED)


def runs(actor: Actor) -> Content:
    """Runs to approve or to appropriate."""
    return content(waiting_runs(actor).select_related("unit").order_by("id"), run_line, href="entitlement-runs")


def run_line(row: EntitlementRun) -> dict:
    """What it comes to."""
    return {
        "title": f"{row.year} 年{row.get_fund_display()} · {row.scope}", "text": f"{row.communities} 个社区（村），{row.total}",
        "url": row.get_absolute_url(), "badge": RunStatus(row.status),
    }  # fmt: skip


def batches(actor: Actor) -> Content:
    """Batches that are not settled."""
    rows = DisbursementBatch.objects.visible_to(actor).filter(status__in=OPEN).order_by("id")
    return content(rows, batch_line, href="disbursements")


def batch_line(row: DisbursementBatch) -> dict:
    """Where it stands."""
    return {
        "title": f"{row.year} 年{row.get_fund_display()}", "text": f"{row.number} · {row.count} 笔，{row.total}",
        "url": row.get_absolute_url(), "badge": BatchStatus(row.status),
    }  # fmt: skip


def received(actor: Actor) -> Content:
    """What has arrived lately, or waits and why; nothing is to be done about it."""
    shown = (LineStatus.ARRIVED, LineStatus.SENT, LineStatus.HELD)
    rows = DisbursementLine.objects.visible_to(actor).filter(status__in=shown).select_related("community", "batch")
    return content(rows.order_by("-id"), line_line, href="entitlements", shown=3)


def line_line(row: DisbursementLine) -> dict:
    """What and when."""
    return {
        "title": f"{row.year} 年{row.get_fund_display()} {row.amount}", "text": row.batch.number, "note": row.reason,
        "url": row.get_absolute_url(), "badge": LineStatus(row.status), "at": row.settled_at, "at_label": "到账",
    }  # fmt: skip


desks.register(
    Panel(
        "entitlement-runs",
        "待批准、待下达的经费核定",
        (Role.CITY_OFFICE,),
        55,
        runs,
        "scale",
        tone="warning",
        quiet=True,
    ),
    Panel("disbursements", "未结清的拨付批次", (Role.UNIT_FINANCE,), 10, batches, "send", quiet=True),
    Panel("money-received", "本社区经费到账", (Role.COMMUNITY,), 85, received, "coin", quiet=True),
)
desks.shortcut("编制拨付批次", "disbursement-new", "send", (Role.UNIT_FINANCE,))
