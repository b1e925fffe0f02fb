"""Which single ratings an actor may see: rating protection (评价保护, domain-rules 1.6).

Streets see what they wrote. Everybody else sees single ratings only once their quarter is released, and the department
itself only where it has enough of them from the same street in the same quarter: nobody can be made to pay for one.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from governance.accounts.roles import DEPT_ROLES, STREET_ROLES, UNIT_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.permission import permits
from governance.kernel.policy import rule_for

from ..models import Rating, RatingAppeal, RatingRelease, Ticket
from ..states import RequestState

EVERYWHERE = (Role.CITY_OFFICE, Role.AUDITOR)


def ratings_scope(actor: Actor) -> Q:
    """The condition on Rating for single ratings that this actor may see; community roles see none."""
    streets = [post.street_id for post in actor.posts_in(*STREET_ROLES)]
    units = [post.unit_id for post in actor.posts_in(*UNIT_ROLES)]
    departments = [post.department_id for post in actor.posts_in(*DEPT_ROLES)]
    scope = Q(street_id__in=streets)
    if actor.is_system or actor.posts_in(*EVERYWHERE):
        scope |= _released()
    if units:
        scope |= _released() & Q(ticket__unit_id__in=units)
    if departments:
        scope |= _released() & _enough() & Q(ticket__in=Ticket.objects.of_departments(departments))
    return scope


def _released() -> Q:
    return Q(quarter__in=RatingRelease.objects.values("quarter"))


def _enough() -> Q:
    """The department has at least rating.min_sample ratings of this street in this quarter."""
    alike = Rating.objects.filter(**{name: OuterRef(name) for name in ("department_id", "street_id", "quarter")})
    groups = alike.order_by().values("department_id").annotate(count=Count("id"))
    return Q(Exists(groups.filter(count__gte=rule_for("rating.min_sample").value)))


@dataclass(frozen=True)
class RatingFace:
    """What a ticket page may say about a rating: given or not, the rating itself where visible, else why not."""

    rated: bool
    rating: Rating | None = None
    reason: str = ""


def rating_face(*, ticket: Ticket, actor: Actor) -> RatingFace:
    """What ``actor`` may know of a ticket's rating: before release only 已评价, whatever the stars."""
    rating = Rating.objects.visible_to(actor).filter(ticket=ticket).first()
    if rating is not None:
        return RatingFace(True, rating)
    if not Rating.objects.filter(ticket=ticket).exists():
        return RatingFace(False)
    least = rule_for("rating.min_sample").value
    return RatingFace(True, None, f"已评价。季度聚合后、且同一街道对同一部门的评价不少于 {least} 件时可见。")


def sealed_count(actor: Actor) -> int:
    """How many ratings lie in the actor's tickets that he may not read yet."""
    mine = Rating.objects.filter(ticket__in=Ticket.objects.visible_to(actor))
    return mine.exclude(pk__in=Rating.objects.visible_to(actor).values("pk")).count()


def appeal_until(rating: Rating) -> datetime | None:
    """The end of the time for an appeal: rating.appeal_days after the release; None while the quarter is sealed."""
    release = RatingRelease.objects.filter(quarter=rating.quarter).first()
    if release is None:
        return None
    rule = rule_for("rating.appeal_days")
    return clock.add(release.released_at, rule.value, rule.unit)


def may_appeal(rating: Rating, actor: Actor) -> bool:
    """Whether this actor may still appeal against a rating that he sees: the rated department, once, in time."""
    until = appeal_until(rating)
    if until is None or clock.now() > until or not permits(actor, "rating.appeal", rating.ticket):
        return False
    return not RatingAppeal.objects.filter(rating=rating).exists()


def appeals_waiting(actor: Actor):
    """The appeals that wait for this actor's ruling, for desks and lists."""
    units = [post.unit_id for post in actor.posts_in(Role.ADJUDICATOR)]
    return RatingAppeal.objects.filter(state=RequestState.REQUESTED, ticket__unit_id__in=units)
