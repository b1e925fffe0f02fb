"""What the slices below know about projects and payments, as the public may read it."""

from collections.abc import Sequence

from django.db.models import Sum

from funding.ledger.models import Account, Journal
from funding.ledger.states import AccountKind
from funding.projects.models import PaymentRequest, Project
from funding.projects.states import ProjectStatus
from governance.territory.models import Division

from .masking import harmless, payee_name

PAYMENT = PaymentRequest._meta.model_name
# From the publication of the decision on; what was only talked about is not shown.
SHOWN = (
    ProjectStatus.PUBLICISED, ProjectStatus.REVIEWING, ProjectStatus.FILING, ProjectStatus.IMPLEMENTING, ProjectStatus.ACCEPTED,
    ProjectStatus.FINAL, ProjectStatus.ARCHIVED, ProjectStatus.TERMINATED,
)  # fmt: skip


def payees_of(journals: Sequence[Journal]) -> dict[int, dict]:
    """{journal's pk: {"payee", "purpose"}} of those that a payment request stands behind."""
    behind = {journal.pk: journal.document_id for journal in journals if journal.document_type == PAYMENT}
    if not behind:
        return {}
    rows = PaymentRequest.objects.filter(pk__in=set(behind.values())).values_list("pk", "supplier__name", "purpose")
    told = {pk: {"payee": payee_name(name), "purpose": harmless(purpose)} for pk, name, purpose in rows}
    return {journal: told[pk] for journal, pk in behind.items() if pk in told}


def projects_of(community: Division, year: int) -> list[dict]:
    """The community's projects of a year in public words, newest first."""
    rows = Project.objects.filter(community=community, year=year, status__in=SHOWN).prefetch_related("acceptances")
    rows = list(rows.order_by("-id"))
    if not rows:
        return []
    accounts = (
        Account.objects.filter(community=community, year=year, kind=AccountKind.PAID).exclude(project="").order_by()
    )
    paid = dict(accounts.values_list("project").annotate(fen=Sum("balance_fen")))
    return [
        {
            "number": row.number, "title": harmless(row.title), "category": row.get_category_display(),
            "state": row.get_status_display(), "budget_fen": row.budget_fen, "paid_fen": paid.get(row.number, 0),
            "acceptance": _accepted(list(row.acceptances.all())),
        }
        for row in rows
    ]  # fmt: skip


def _accepted(rows: list) -> str:
    """The last acceptance in words; "" before there is one."""
    if not rows:
        return ""
    last = max(rows, key=lambda row: row.pk)
    return f"{'通过' if last.passed else '未通过'}，{last.asked} 人评议、{last.satisfied} 人满意（{last.held_on}）"
