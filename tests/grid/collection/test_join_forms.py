"""Forms that must be merged: one asks, the other reads; what only the other wanted stays with it."""

from datetime import timedelta

import pytest

from governance.invariants import broken
from governance.kernel import clock
from governance.kernel.errors import Forbidden
from governance.kernel.outbox import OutboxMail
from governance.kernel.policy import PolicyRule, forget_rules
from grid.collection import services
from grid.collection.models import Asking, Form
from tests_support import collection, demands
from tests_support.collection import BY_HAND, MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_hours():
    with clock.travel(MORNING):
        yield


def test_what_the_other_does_not_ask_is_asked_by_short_forms(client, cast, actors):
    """Five fields in communities 1–3 are being asked; six fields in 2–4 are wanted: one field there, six in the fourth."""
    PolicyRule.objects.filter(key="collection.forms_a_month").update(
        value=9
    )  # a rest is a form more: else it needs approval
    forget_rules()
    places = demands.communities()
    first = collection.send(actors, form=collection.draft(actors, *BY_HAND, communities=tuple(places[:3])))
    form = collection.second(
        actors, *BY_HAND, "RK-016", communities=tuple(places[1:]), due_on=clock.today() + timedelta(days=20)
    )
    joined = services.form_join(form=form, into=first, by=actors.assistant_dept)
    rests = {tuple(row.community_ids): {f.element.code for f in row.fields.all()} for row in joined.rests.all()}
    assert rests == {(places[3].pk,): {*BY_HAND, "RK-016"}, (places[1].pk, places[2].pk): {"RK-016"}}
    for row in joined.rests.all():
        assert (row.status, row.department, row.item, row.form_code, row.due_on) == (
            "collecting", form.department, form.item, form.form_code, form.due_on,
        )  # fmt: skip
    asked = Asking.objects.filter(released=False).values_list("code", "community_id")
    assert len(asked) == len(set(asked)) == 5 * 3 + 6 + 2
    assert broken() == {}
    client.force_login(cast.assistant_dept)
    text = client.get(joined.get_absolute_url()).text
    for row in joined.rests.all():
        assert row.number in text and joined.number in client.get(row.get_absolute_url()).text
    assert "还没有下发" not in text


def test_what_may_not_go_out_yet_stays_a_draft_that_says_why(client, cast, actors):
    PolicyRule.objects.filter(key="collection.forms_a_month").update(value=9)
    forget_rules()
    places = demands.communities()
    first = collection.send(actors, form=collection.draft(actors, *BY_HAND, communities=tuple(places[:3])))
    form = collection.second(actors, *BY_HAND, "RK-016", communities=tuple(places[:3]), due_on=None)
    client.force_login(cast.assistant_dept)
    answer = client.post(f"/forms/{form.pk}/join/", {"into": first.pk, "version": form.version}, follow=True)
    (rest,) = form.rests.all()
    assert (rest.status, {row.element.code for row in rest.fields.all()}) == ("draft", {"RK-016"})
    assert "1 张短表还不能下发" in answer.text and "还没有下发：请填写完成日期。" in answer.text
    assert "请填写完成日期。" in client.get(rest.get_absolute_url()).text
    sent = collection.send(actors, form=rest, by=actors.assistant_dept, due_on=clock.today() + timedelta(days=20))
    assert sent.status == "collecting"
    assert "还没有下发" not in client.get(form.get_absolute_url()).text and broken() == {}


def test_what_is_too_much_for_a_community_goes_to_who_approves(client, cast, actors):
    """A rest is a second form of the month for the communities that the other form asks."""
    places = demands.communities()
    first = collection.send(actors, form=collection.draft(actors, *BY_HAND, communities=tuple(places[:3])))
    form = collection.second(actors, *BY_HAND, "RK-016", communities=tuple(places[:3]))
    client.force_login(cast.assistant_dept)
    answer = client.post(f"/forms/{form.pk}/join/", {"into": first.pk, "version": form.version}, follow=True)
    (rest,) = form.rests.all()
    assert rest.status == "pending" and "1 张短表已报请审批" in answer.text and rest.number in answer.text
    services.form_approve(form=rest, by=actors.social, note="确需")
    assert collection.send(actors, form=Form.objects.get(pk=rest.pk), by=actors.assistant_dept).status == "collecting"
    assert broken() == {}


def test_nothing_is_left_where_the_other_asks_all(actors):
    first, form = collection.send(actors, "ZZ-005"), collection.second(actors, "ZZ-005")
    assert not services.form_join(form=form, into=first, by=actors.assistant_dept).rests.exists()


def test_when_the_other_is_withdrawn_one_may_ask_again(actors):
    first, form = collection.send(actors, "ZZ-005"), collection.second(actors, "ZZ-005")
    services.form_join(form=form, into=first, by=actors.assistant_dept)
    services.form_withdraw(form=first, by=actors.dept, note="不用了")
    form.refresh_from_db()
    assert (form.status, form.joined_into, form.dispatched_at) == ("draft", None, None)
    mail = OutboxMail.objects.get(thread=form.thread)
    assert (mail.to_address, mail.subject) == (form.department.email, f"【并入的表已撤回】{form.title}")
    assert collection.send(actors, form=form, by=actors.assistant_dept).status == "collecting"
    assert broken() == {}


def test_only_its_own_department_joins_a_form(actors):
    first, form = collection.send(actors, "ZZ-005"), collection.second(actors, "ZZ-005")
    for who in (actors.dept, actors.community, actors.social):
        with pytest.raises(Forbidden):
            services.form_join(form=form, into=first, by=who)
    assert Form.objects.get(pk=form.pk).status == "draft"
