"""Demands, targets and refusals in five relations, for the access matrix."""

from collections.abc import Callable
from types import SimpleNamespace

from communities.admission.refusals.services import refusal_file
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor, Post

from . import demands


def gate_build(world: SimpleNamespace, relations: tuple[str, ...], setting: Callable, people: Callable) -> None:
    """Fill ``world.demands``, ``world.targets`` (open) and ``world.refusals``; each reaches one community."""
    world.demands, world.targets, world.refusals = {}, {}, {}
    for number, relation in enumerate(relations, 1):
        street, lead, _community = setting(relation)
        community = demands.communities(2, street.code12)[1 if relation == "child" else 0]
        user = world.cast.foreign_staff if relation == "foreign" else world.cast.staff
        item = demands.item(f"SQ-U-2026-8{number:02d}", department=lead)
        sent = [
            demands.send(None, items=item, places=[community], by=people(street, lead, user).dept, department=lead)
            for _copy in range(2)
        ]  # fmt: skip
        world.demands[relation] = sent[0]
        world.targets[relation] = sent[0].targets.get()
        post = Post(role=Role.COMMUNITY, unit_id=street.unit_id, street_id=street.pk, community_id=community.pk)
        with clock.travel(demands.MORNING):
            world.refusals[relation] = refusal_file(
                target=sent[1].targets.get(), by=Actor(label="社区", user_id=user.pk, posts=(post,)), reason="overlap"
            )
