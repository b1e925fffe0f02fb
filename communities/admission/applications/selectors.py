"""Reading applications: rows, what happened, what they cost and repeat, and the categories whose duties are unclear."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from governance.accounts.roles import UNIT_ROLES, Role
from governance.kernel.actor import Actor
from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import deadline_of
from governance.kernel.policy import policy
from governance.territory.models import Category
from governance.whistles.models import Objection
from governance.whistles.states import RulingKind

from ..models import AdmissionApplication, AdmissionOpinion
from .services import SUBJECT
from .states import RUNNING, ApplicationStatus

OPEN = (*RUNNING, ApplicationStatus.DRAFT)


def application_rows() -> QuerySet[AdmissionApplication]:
    """With what a row shows."""
    return AdmissionApplication.objects.select_related("department", "unit")


def opinions_of(application: AdmissionApplication, actor: Actor) -> list[AdmissionOpinion]:
    """All answers with place; the community is named only to those who may see it (``named``)."""
    seen = set(AdmissionOpinion.objects.visible_to(actor).filter(application=application).values_list("pk", flat=True))
    rows = list(application.opinions.select_related("street", "community").order_by("id"))
    for row in rows:
        row.named = row.pk in seen or row.community_id is None
    return rows


def mine_to_answer(application: AdmissionApplication, actor: Actor) -> AdmissionOpinion | None:
    """The opinion that this actor's own street or community is asked for."""
    for row in AdmissionOpinion.objects.visible_to(actor).filter(application=application):
        if answers(row, actor):
            return row
    return None


def answers(opinion: AdmissionOpinion, actor: Actor) -> bool:
    """A street answers for itself, a community for itself."""
    if opinion.community_id:
        return any(post.community_id == opinion.community_id for post in actor.posts_in(Role.COMMUNITY))
    return any(post.street_id == opinion.street_id for post in actor.posts_in(Role.STREET_LEADER, Role.STREET_STAFF))


def application_events(application: AdmissionApplication) -> list[dict]:
    """What happened, newest first. Who answered is an office, never a person."""
    rows = AuditEvent.objects.filter(thread=f"{SUBJECT}:{application.pk}").exclude(subject_type="admissionopinion")
    return [{"at": row.at, "title": row.label, "who": "", "body": row.note} for row in rows.order_by("-id")]


def application_clock(application: AdmissionApplication) -> dict | None:
    """The limit that runs."""
    from .states import Stage

    limit = deadline_of(SUBJECT, application.pk)
    if limit is None:
        return None
    return {
        "due_at": limit.due_at, "started_at": limit.starts_at, "state": "running", "label": Stage(limit.stage).label,
        "provisional": limit.provisional,
    }  # fmt: skip


@dataclass(frozen=True)
class Unclear:
    """A category of whistles that was reassigned again and again in one unit."""

    category: Category
    count: int


def unclear_duties(actor: Actor) -> list[Unclear]:
    """职责不清: categories whose objections led to reassignment at least the rule's times and that nobody has taken up.

    A district sees its own; the city sees all together.
    """
    rows = Objection.objects.filter(ruling=RulingKind.REASSIGN)
    units = [post.unit_id for post in actor.posts_in(*UNIT_ROLES)]
    taken = AdmissionApplication.objects.filter(status__in=OPEN).exclude(category=None)
    if not (actor.is_system or actor.posts_in(Role.CITY_OFFICE)):
        rows, taken = rows.filter(ticket__unit_id__in=units), taken.filter(unit_id__in=units)
    counts = (
        rows.exclude(ticket__category__in=taken.values("category"))
        .values("ticket__category").annotate(count=Count("id")).filter(count__gte=policy("admission.unclear_duties"))
    )  # fmt: skip
    found = {row["ticket__category"]: row["count"] for row in counts}
    categories = Category.objects.select_related("parent").filter(pk__in=found)
    return sorted((Unclear(row, found[row.pk]) for row in categories), key=lambda one: (-one.count, one.category.code))
