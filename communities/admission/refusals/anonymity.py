"""Who may know which community refused: the community itself and its street. Everybody above sees the street at most.

A department knows whom it asked; so it sees no single target at all, only counts by street, and a street with few targets
is not named beside a refusal (rule ``admission.refusal_street_least``).
"""

from collections.abc import Iterable

from django.db.models import Count, Q

from governance.accounts.roles import COMMUNITY_ROLES, STREET_ROLES, Role
from governance.kernel.actor import Actor
from governance.kernel.policy import policy
from governance.territory.models import Division

from ..models import Demand, DemandTarget, Refusal
from ..states import TargetStatus

POOL = "其他街道（合并显示）"
HIDDEN = "（涉及社区较少，不显示街道）"
ENDINGS = ("社区居民委员会", "社区居委会", "村民委员会", "居民委员会", "村委会", "居委会", "社区", "村")


def is_near(actor: Actor, street_id: int, community_id: int) -> bool:
    """Whether the actor may know the community: it is his, or of his street; or he is the auditor."""
    if actor.posts_in(Role.AUDITOR):
        return True
    return any(
        (post.role in STREET_ROLES and post.street_id == street_id)
        or (post.role in COMMUNITY_ROLES and post.community_id == community_id)
        for post in actor.posts
    )


def knows(actor: Actor, refusal: Refusal) -> bool:
    """Whether the actor may know who refused."""
    return is_near(actor, refusal.street_id, refusal.target.community_id)


def street_is_shown(target: DemandTarget) -> bool:
    """Whether enough communities of the street were asked for its name not to give the community away."""
    asked = DemandTarget.objects.filter(demand_id=target.demand_id, street_id=target.street_id).count()
    return asked >= policy("admission.refusal_street_least")


def where(refusal: Refusal, actor: Actor | None = None) -> str:
    """The place as this reader may know it; without a reader as mails upward say it."""
    if actor is not None and knows(actor, refusal):
        return f"{refusal.street.name} {refusal.target.community.name}"
    return refusal.street.name if refusal.street_shown else f"{refusal.unit.short_name}{HIDDEN}"


def masked(refusal_or_target: Refusal | DemandTarget, by: Actor) -> Actor:
    """The doer as the case's history names him: nobody. The target's own event keeps who it was, for the auditor."""
    return Actor(label="社区（依规匿名）", via=by.via, posts=by.posts)


def names_itself(target: DemandTarget, text: str) -> str:
    """The name by which a text gives the community away; "" when it does not."""
    return next((name for name in _names(target.community) if name in text), "")


def _names(community: Division) -> Iterable[str]:
    yield community.name
    for ending in ENDINGS:
        bare = community.name.removesuffix(ending)
        if bare != community.name and len(bare) >= 2:
            yield bare
            return


def progress_by_street(demand: Demand) -> list[dict]:
    """Per street: how many were asked, are done, still go on, were let off. A refused one still goes on: only its street knows.

    Streets with few communities are counted together, so that a count cannot stand for a single one of them.
    """
    done, off = Q(status=TargetStatus.DONE), Q(status=TargetStatus.RELEASED)
    rows = demand.targets.values("street__name", "unit__short_name").annotate(
        asked=Count("pk"), done=Count("pk", filter=done), going=Count("pk", filter=~done & ~off), off=Count("pk", filter=off)
    )  # fmt: skip
    return pooled(list(rows.order_by("unit__short_name", "street__name")), policy("admission.refusal_street_least"))


def pooled(rows: list[dict], least: int) -> list[dict]:
    """Put rows with fewer than ``least`` asked into one; a pool that is still too small takes the smallest other row in."""
    few = [row for row in rows if row["asked"] < least]
    rest = [row for row in rows if row["asked"] >= least]
    if not few:
        return rest
    if sum(row["asked"] for row in few) < least and rest:
        few.append(rest.pop(rest.index(min(rest, key=lambda row: row["asked"]))))
    units = {row["unit__short_name"] for row in few}
    pool = {"street__name": POOL, "unit__short_name": units.pop() if len(units) == 1 else ""}
    return [*rest, pool | {name: sum(row[name] for row in few) for name in ("asked", "done", "going", "off")}]
