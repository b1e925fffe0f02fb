"""Reading whistles: rows of lists and pages, look-alikes, the limits that a scene brings."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Subquery

from governance.kernel.actor import Actor
from governance.kernel.clock import Unit
from governance.kernel.policy import PolicyRule, rule_for

from ..models import Ticket, Whistle
from ..querysets import WhistleQuerySet
from ..states import WHISTLE_OPEN, Scene, Stage, TicketStatus, WhistleStatus

STAGES = (Stage.ACCEPT, Stage.CONTACT, Stage.ARRIVE, Stage.REPLY, Stage.FINISH, Stage.EVALUATE, Stage.RULING)
LOOK_ALIKES = 8


def whistle_rows(actor: Actor) -> WhistleQuerySet:
    """Whistles with all that a page shows of them, in two queries.

    ``row.parts`` are the tickets that were not re-routed, ``part.seen`` tells whether the actor may open one.
    """
    rows = Whistle.objects.select_related("street", "unit", "community", "category")
    return rows.prefetch_related(Prefetch("tickets", queryset=_parts(actor), to_attr="parts"))


def whistle_list_rows(actor: Actor) -> WhistleQuerySet:
    """The same with what a list shows and sorts by, and no more."""
    rows = Whistle.objects.select_related("street", "community", "category").only(
        "number", "title", "status", "scene", "created_at", "is_synthetic", "street__name", "street__code12",
        "community__name", "community__code12", "category__name", "category__code",
    )  # fmt: skip
    parts = _parts(actor).select_related(None).select_related("department")
    parts = parts.only("whistle", "status", "role", "stage", "due_at", "department__short_name")
    return rows.prefetch_related(Prefetch("tickets", queryset=parts, to_attr="parts"))


def _parts(actor: Actor):
    seen = Ticket.objects.visible_to(actor).filter(pk=OuterRef("pk"))
    parts = Ticket.objects.exclude(status=TicketStatus.REASSIGNED).select_related("department", "station")
    return parts.annotate(seen=Exists(seen)).order_by("-role", "id")


def due_annotate(rows: WhistleQuerySet, actor: Actor) -> WhistleQuerySet:
    """Add ``due_at``: the first end of a limit that runs on a ticket which the actor sees. For exports."""
    running = Ticket.objects.visible_to(actor).filter(whistle=OuterRef("pk"), due_at__isnull=False)
    return rows.annotate(due_at=Subquery(running.order_by("due_at").values("due_at")[:1]))


def whistles_alike(*, street_id: int, category_id: int, community_id: int | None = None, besides: int | None = None):
    """Open whistles of the same street and category, and community where one is given: a hint before blowing again."""
    rows = Whistle.objects.filter(street_id=street_id, category_id=category_id, status__in=WHISTLE_OPEN)
    rows = rows.exclude(status=WhistleStatus.DRAFT).exclude(pk=besides)
    if community_id:
        rows = rows.filter(community_id=community_id)
    return rows.select_related("community").order_by("-id")[:LOOK_ALIKES]


def merge_targets(whistle: Whistle) -> WhistleQuerySet:
    """The open whistles of the same street that ``whistle`` may be merged into, the same category first by newest."""
    rows = Whistle.objects.filter(street_id=whistle.street_id, status__in=WHISTLE_OPEN)
    return rows.exclude(status=WhistleStatus.DRAFT).exclude(pk=whistle.pk).order_by("-id")


@dataclass(frozen=True)
class Limit:
    """One limit in words, with its rule."""

    stage: Stage
    text: str
    rule: PolicyRule


def limit_words(rule: PolicyRule) -> str:
    """30 分钟, 3 工作日."""
    return f"{rule.value:g} {Unit(rule.unit).label}"


def scene_limits() -> list[dict]:
    """The table of domain-rules 1.4 from the rules in force: for each scene its limits in the order of the loop."""
    return [{"scene": scene, "limits": [_limit(stage, scene) for stage in STAGES]} for scene in Scene]


def _limit(stage: Stage, scene: Scene) -> Limit:
    rule = rule_for(f"whistle.{stage}.{scene}")
    return Limit(stage, limit_words(rule), rule)
