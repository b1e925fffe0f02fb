"""Collection with real commits: departments that ask the same field, communities that hand in last, corrections, sweeps at once."""

import pytest

from governance.invariants import broken
from governance.kernel import clock
from governance.kernel.errors import Conflict, Invalid, StaleVersion
from governance.kernel.policy import PolicyRule, forget_rules
from grid.collection import services
from grid.collection.models import Asking, Fact, Form
from tests_support import collection, demands
from tests_support.collection import MORNING
from tests_support.databases import at_once


def test_two_departments_ask_the_same_field_at_the_same_moment(throwaway_db):
    actors = throwaway_db.actors
    PolicyRule.objects.filter(key="collection.forms_a_month").update(value=9)
    forget_rules()
    drafts = [
        (collection.draft(actors, "ZZ-005", "ZZ-012", "SJ-010"), actors.dept),
        (collection.second(actors, "ZZ-005", "SS-014", "RK-016"), actors.assistant_dept),
    ]
    answers = at_once(2, lambda number: collection.send(actors, form=drafts[number][0], by=drafts[number][1]))
    assert all(isinstance(one, Form | Conflict) for one in answers), answers
    assert Asking.objects.filter(code="ZZ-005").count() == 4  # once for each community, whoever came first
    for form, by in drafts:
        form.refresh_from_db()
        if form.status == "draft":
            assert collection.send(actors, form=form, by=by).manual_count == 2
    assert broken() == {}


def test_a_double_click_dispatches_once(throwaway_db):
    actors = throwaway_db.actors
    form = collection.draft(actors, "ZZ-005")
    answers = at_once(3, lambda number: collection.send(actors, form=form))
    assert len([one for one in answers if isinstance(one, Form)]) == 1
    assert Asking.objects.count() == 4


def test_the_last_two_parts_at_once_end_the_form(throwaway_db):
    actors = throwaway_db.actors
    form = collection.send(actors, form=collection.draft(actors, "ZZ-005", communities=tuple(demands.communities(2))))
    answers = at_once(2, lambda number: collection.fill(actors, form, number))
    assert not [one for one in answers if isinstance(one, Exception)], answers
    form.refresh_from_db()
    assert (form.status, Fact.objects.count()) == ("summarised", 2)


def test_two_people_confirm_the_same_part_at_once(throwaway_db):
    """A double click, or the secretary and his deputy: one answer, one fact, one taking of time; the other is told."""
    actors = throwaway_db.actors
    collection.feed("RK-001")
    places = tuple(demands.communities(2))
    form = collection.send(actors, form=collection.draft(actors, "RK-001", "ZZ-005", communities=places))
    wrong = Fact.objects.get(code="RK-001", community=places[0])
    answers = at_once(3, lambda number: collection.fill(actors, form, fixes={wrong.pk: str(70 + number)}))
    assert len([one for one in answers if not isinstance(one, Exception)]) == 1, answers
    assert all(isinstance(one, Conflict) for one in answers if isinstance(one, Exception)), answers
    assert Fact.objects.current().filter(code="ZZ-005").count() == 1
    assert Fact.objects.filter(code="RK-001", community=places[0]).count() == 2
    form.refresh_from_db()
    assert form.status == "collecting" and broken() == {}


def test_a_part_is_confirmed_while_the_same_figure_is_corrected(throwaway_db):
    actors = throwaway_db.actors
    fact = collection.feed("RK-001", places=demands.communities(1))[0]
    places = tuple(demands.communities(1))
    form = collection.send(actors, form=collection.draft(actors, "RK-001", "ZZ-005", communities=places))

    def either(number: int):
        if number:
            return collection.fill(actors, form, fixes={fact.pk: "70"})
        with clock.travel(MORNING):
            return services.fact_correct(by=actors.community, fact=fact, value="60")

    answers = at_once(2, either)
    assert [one for one in answers if not isinstance(one, Exception)], answers
    assert all(isinstance(one, Conflict) for one in answers if isinstance(one, Exception)), answers
    assert Fact.objects.current().filter(code="RK-001").count() == 1 and broken() == {}


def test_a_form_is_withdrawn_while_another_joins_it(throwaway_db):
    """Whoever is first: nobody is left waiting for answers that never come."""
    actors = throwaway_db.actors
    first, second = collection.send(actors, "ZZ-005"), collection.second(actors, "ZZ-005")

    def either(number: int):
        with clock.travel(MORNING):
            if number:
                return services.form_join(form=second, into=first, by=actors.assistant_dept)
            return services.form_withdraw(form=first, by=actors.dept, note="不用了")

    answers = at_once(2, either)
    assert not isinstance(answers[0], Exception), answers
    assert isinstance(answers[1], Form | Invalid | Conflict), answers
    second.refresh_from_db()
    assert (second.status, second.joined_into) == ("draft", None) and broken() == {}


def test_corrections_at_once_leave_one_current_value(throwaway_db):
    actors, fact = throwaway_db.actors, collection.feed("RK-001", places=demands.communities(1))[0]

    def correct(number: int):
        with clock.travel(MORNING):
            return services.fact_correct(by=actors.community, fact=fact, value=str(500 + number))

    answers = at_once(4, correct)
    assert len([one for one in answers if isinstance(one, Fact)]) == 1
    assert all(isinstance(one, Fact | StaleVersion | Conflict) for one in answers), answers
    assert Fact.objects.current().count() == 1 and broken() == {}


@pytest.mark.parametrize("steps", [3])
def test_sweeps_at_once_move_a_form_once(throwaway_db, steps):
    actors = throwaway_db.actors
    form = collection.send(actors, "ZZ-005")
    services.form_summarise(form=form, by=actors.dept)
    moment = MORNING.replace(year=2028)

    def sweep(number: int):
        with clock.travel(moment):
            return services.forms_sweep()

    answers = at_once(steps, sweep)
    assert not [one for one in answers if isinstance(one, Exception)], answers
    assert sum(answers) == 1
    form.refresh_from_db()
    assert form.status == "retired" and broken() == {}
