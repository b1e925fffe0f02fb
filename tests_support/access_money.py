"""Disclosures and questions of communities in five relations, and the public pages, for the access matrix."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

from funding.disclosure.models import Disclosure
from funding.disclosure.services import disclosure_publish, question_ask
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import NOBODY, Actor, Post
from governance.territory.models import Division


def build(world: SimpleNamespace, relations: tuple[str, ...], setting: Callable, people: Callable) -> None:
    """Last year's first quarter published, its second due, a question; for a community of each relation."""
    world.disclosures, world.published, world.questions, made = {}, {}, {}, {}
    for relation in relations:
        _street, _lead, place = setting(relation)
        if place.pk not in made:  # two relations may stand in one community
            made[place.pk] = _quarters(place), question_ask(community=place, text="灯装在哪里？", by=NOBODY)
        (world.published[relation], world.disclosures[relation]), world.questions[relation] = made[place.pk]


def _quarters(place: Division) -> tuple[Disclosure, Disclosure]:
    """The first published, the second due."""
    year = clock.today().year - 1
    first, second = (
        Disclosure.objects.create(
            community=place, street_id=place.street_id, unit_id=place.unit_id, kind="quarter", start=date(year, month, 1),
            end=date(year, month + 2, 30), due_on=date(year, month + 3, 15),
        )
        for month in (1, 4)
    )  # fmt: skip
    post = Post(role=Role.COMMUNITY, unit_id=place.unit_id, street_id=place.street_id, community_id=place.pk)
    return disclosure_publish(disclosure=first, by=Actor(label="社区", posts=(post,))), second


def _code(world) -> dict:
    return {"code12": world.published["own"].community.code12}


def samples(of: Callable, one: Callable) -> dict:
    """How to address them."""
    return {
        "disclosure": of("disclosures"), "disclosure-action": of("disclosures", action="publish"),
        "money-question": of("questions"), "money-question-action": of("questions", action="decline"),
        "money": one(_code), "money-ask": one(_code),
        "money-disclosure": one(lambda world: _code(world) | {"pk": world.published["own"].pk}),
        "money-way": one(lambda world: {"code12": world.entries["own"].account.community.code12, "pk": world.entries["own"].pk}),
        "funding-paper": one(lambda world: {"kind": "budget"}),
        "api-disclosure-detail": one(lambda world: {"pk": world.published["own"].pk}),
    }  # fmt: skip
