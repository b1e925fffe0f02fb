"""Reading projects and payments."""

from collections.abc import Sequence

from funding.ledger.models import Account, Journal
from funding.ledger.selectors import totals
from governance.kernel.actor import Actor
from governance.kernel.audit import AuditEvent
from governance.kernel.files import StoredFile
from governance.territory.models import Division

from .models import PaymentRequest, Project, Refund
from .states import PaymentStatus, ProjectStatus

HIDDEN = (ProjectStatus.WITHDRAWN,)


def history(thread: str) -> list[dict]:
    """What happened, newest first, for the timeline."""
    rows = AuditEvent.objects.filter(thread=thread).order_by("-id")[:80]
    return [{"at": row.at, "title": row.label or row.action, "who": row.actor_label, "body": row.note} for row in rows]


def files_of(thread: str) -> list[StoredFile]:
    """The stored files of a case."""
    return list(StoredFile.objects.filter(thread=thread).order_by("id"))


def money_of(project: Project) -> dict[str, int]:
    """Fen of a project by where they lie: project, reserved, paid."""
    return {"project": 0, "reserved": 0, "paid": 0} | totals(Account.objects.filter(project=project.number))


def sees_project(actor: Actor, pk: int) -> bool:
    """Whether the actor sees the project behind a file."""
    return Project.objects.visible_to(actor).filter(pk=pk).exists()


def sees_payment(actor: Actor, pk: int) -> bool:
    """Whether the actor sees the payment behind a file."""
    return PaymentRequest.objects.visible_to(actor).filter(pk=pk).exists()


def sees_refund(actor: Actor, pk: int) -> bool:
    """Whether the actor sees the refund behind a receipt."""
    return Refund.objects.visible_to(actor).filter(pk=pk).exists()


def payees_of(journals: Sequence[Journal]) -> dict[int, dict]:
    """{journal's pk: {"payee", "purpose"}} of those that a payment request stands behind."""
    asked = {row.pk: row.document_id for row in journals if row.document_type == "paymentrequest"}
    rows = PaymentRequest.objects.select_related("supplier").in_bulk(set(asked.values()))
    return {
        pk: {"payee": rows[number].supplier.name, "purpose": rows[number].purpose}
        for pk, number in asked.items()
        if number in rows
    }


def public_projects(community: Division, year: int) -> list[dict]:
    """The community's projects of a year as anybody may read them, newest first; withdrawn ideas are left out."""
    rows = (
        Project.objects.filter(community=community, year=year)
        .exclude(status__in=HIDDEN)
        .prefetch_related("acceptances")
    )
    return [_public(row) for row in rows.order_by("-id")]


def _public(row: Project) -> dict:
    done = [found for found in row.acceptances.all() if found.passed]
    last = done[-1] if done else None
    return {
        "number": row.number, "title": row.title, "purpose": row.purpose, "category": row.get_category_display(),
        "budget_fen": row.budget_fen, "status": ProjectStatus(row.status), "idea_from": row.idea_from,
        "accepted_on": last.held_on if last else None, "asked": last.asked if last else 0,
        "satisfied": last.satisfied if last else 0, "words": last.words if last else "", "is_synthetic": row.is_synthetic,
    }  # fmt: skip


def under_way(project: Project) -> int:
    """Fen asked for and not yet paid."""
    rows = project.payments.filter(status__in=(PaymentStatus.SUBMITTED, PaymentStatus.SECOND))
    return sum(row.amount_fen for row in rows)
