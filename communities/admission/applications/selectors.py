"""Reading applications: rows, what happened, what they cost and repeat, and the categories whose duties are unclear."""

from collections.abc import Callable, Mapping
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
    """A category that was given from one to another again and again; ``others`` says where besides whistles, as (what, times)."""

    category: Category
    whistles: int
    others: tuple[tuple[str, int], ...] = ()

    @property
    def count(self) -> int:
        """Altogether."""
        return self.whistles + sum(count for _, count in self.others)


# Slices above bring what they know: a name, and category id → how often in the actor's scope.
SOURCES: dict[str, Callable[[Actor], Mapping[int, int]]] = {}


def unclear_duties(actor: Actor) -> list[Unclear]:
    """职责不清: categories that were reassigned at least the rule's times and that nobody has taken up.

    Counted are objections that led to reassignment and what SOURCES add. A district sees its own; the city sees all together.
    """
    rows = Objection.objects.filter(ruling=RulingKind.REASSIGN)
    units = [post.unit_id for post in actor.posts_in(*UNIT_ROLES)]
    taken = AdmissionApplication.objects.filter(status__in=OPEN).exclude(category=None)
    if not (actor.is_system or actor.posts_in(Role.CITY_OFFICE)):
        rows, taken = rows.filter(ticket__unit_id__in=units), taken.filter(unit_id__in=units)
    counts = dict(rows.order_by().values_list("ticket__category").annotate(count=Count("id")))
    known = {name: source(actor) for name, source in SOURCES.items()}
    ids = set(counts).union(*known.values()) - set(taken.values_list("category", flat=True))
    found = [
        Unclear(row, counts.get(row.pk, 0), tuple((name, more[row.pk]) for name, more in known.items() if more.get(row.pk)))
        for row in Category.objects.select_related("parent").filter(pk__in=ids)
    ]  # fmt: skip
    least = policy("admission.unclear_duties")
    return sorted((one for one in found if one.count >= least), key=lambda one: (-one.count, one.category.code))
