"""The desks' panels: the community publishes with one button, its street sees what became overdue. Empty ones are left out."""

from governance.accounts import desks
from governance.accounts.desks import Content, Panel, content
from governance.accounts.roles import STREET_ROLES, Role
from governance.kernel.actor import Actor

from .models import Disclosure, MoneyQuestion
from .states import OPEN, DisclosureStatus, QuestionStatus


def to_publish(actor: Actor) -> Content:
    """A community's open disclosures, the oldest first."""
    rows = Disclosure.objects.visible_to(actor).filter(status__in=OPEN).select_related("community").defer("snapshot")
    return content(rows.order_by("end", "id"), disclosure_line, href="disclosures")


def overdue(actor: Actor) -> Content:
    """What the street has to help with."""
    rows = Disclosure.objects.visible_to(actor).overdue().select_related("community").defer("snapshot")
    return content(rows.order_by("end", "id"), disclosure_line, href="disclosures?status=overdue")


def disclosure_line(row: Disclosure) -> dict:
    """Which period, until when."""
    return {
        "title": f"{row.label}经费公开", "text": str(row.community), "url": row.get_absolute_url(),
        "badge": DisclosureStatus(row.status), "at": row.due_on, "at_label": "公布期限",
    }  # fmt: skip


def to_answer(actor: Actor) -> Content:
    """A community's unanswered questions."""
    rows = MoneyQuestion.objects.visible_to(actor).filter(status=QuestionStatus.ASKED).select_related("community")
    return content(rows.order_by("id"), question_line, href="money-questions?status=asked")


def unanswered(actor: Actor) -> Content:
    """What the street has to help with: questions past their days."""
    rows = MoneyQuestion.objects.visible_to(actor).late().select_related("community")
    return content(rows.order_by("due_at", "id"), late_line, href="money-questions?progress=late")


def late_line(row: MoneyQuestion) -> dict:
    """What, and since when an answer is due."""
    return question_line(row) | {"at": row.due_at, "at_label": "答复期限"}


def question_line(row: MoneyQuestion) -> dict:
    """What and when."""
    return {
        "title": row.text[:60], "text": str(row.community), "url": row.get_absolute_url(), "at": row.asked_at,
        "at_label": "提问",
    }  # fmt: skip


desks.register(
    Panel("money-publish", "待公布的经费公开", (Role.COMMUNITY,), 70, to_publish, "eye", quiet=True),
    Panel("money-overdue", "逾期未公布的经费公开", STREET_ROLES, 85, overdue, "alert", tone="warning", quiet=True),
    Panel("money-unanswered", "逾期未答复的经费提问", STREET_ROLES, 86, unanswered, "help", tone="warning", quiet=True),
    Panel("money-questions", "居民的经费提问", (Role.COMMUNITY,), 71, to_answer, "help", quiet=True),
)
