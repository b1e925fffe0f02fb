"""What the slices below know about projects and payments, as the reports need it."""

from funding.ledger.models import Entry
from funding.ledger.states import AccountKind, JournalKind
from governance.kernel.actor import Actor
from governance.kernel.metrics import Figure, rate

from .facts import Payment
from .scope import Scope

RISKS: list = []  # rules that read projects: quotes, publicity, appeals


def budget_by_code(scope: Scope) -> dict[str, int]:
    """Fen budgeted by filed projects, by economic code."""
    return {}


def payments_of(scope: Scope, actor: Actor) -> list[Payment]:
    """Payments of the scope that were neither taken back nor sent back; who sees them is up to ``actor``."""
    rows = Entry.objects.visible_to(actor).filter(
        scope.accounts("account__"), account__kind=AccountKind.PAID, fen__gt=0, journal__kind=JournalKind.PAY,
        journal__reversed_by=None,
    )  # fmt: skip
    return [
        Payment(
            row.account.community_id, str(row.account.community), "", row.fen, row.journal.day,
            row.journal.document_label or str(row.journal), row.journal.get_absolute_url(),
        )
        for row in rows.select_related("journal", "account__community").order_by("journal__day", "id")
    ]  # fmt: skip


def panels(scope: Scope, actor: Actor) -> dict[str, tuple]:
    """Further tables of the report, {key: (title, columns, rows)}: by kind of project."""
    return {}


def satisfaction(scope: Scope, actor: Actor) -> Figure:
    """Residents' acceptances that were content."""
    return rate("funding.accepted", 0, 0)
