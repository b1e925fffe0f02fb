"""Rules, places and grants that change between one step and the next: what was signed is what is paid, or it goes back."""

from datetime import date
from time import process_time

import pytest
from django.urls import reverse

from funding.appropriations import services
from funding.appropriations.services.runs import differing
from funding.ledger.models import Journal
from funding.ledger.states import Fund
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.errors import IllegalTransition
from governance.kernel.policy import policy_change
from governance.territory.models import Division
from tests_support import entitlements as story

pytestmark = pytest.mark.django_db


def submitted(unit, year, by):
    run = services.run_calculate(by=by, year=year, fund=Fund.SERVICE_MASS, unit=unit)
    return services.run_step(run=run, action="submit", by=by)


def test_a_rule_that_changes_before_the_approval_sends_it_back(actors, unit, year):
    run = submitted(unit, year, actors.finance)
    policy_change(key="funding.service.community_yuan", value=150_000, effective_from=date(year, 1, 1))
    with pytest.raises(IllegalTransition, match="请退回重算"):
        services.run_step(run=run, action="approve", by=actors.city)
    run = services.run_step(run=run, action="return", by=actors.city, note="标准已调整")
    run = services.run_recalculate(run=run, by=actors.finance)
    assert run.total_fen == run.communities * 150_000_00
    run = services.run_step(run=run, action="submit", by=actors.finance)
    assert services.run_step(run=run, action="approve", by=actors.city).status == "approved"


def test_a_merger_before_the_approval_sends_it_back(actors, unit, places, year):
    run = submitted(unit, year, actors.finance)
    Division.objects.filter(pk=places[0].pk).update(valid_to=date(year, 7, 1))
    with pytest.raises(IllegalTransition, match="1 个社区（村）的金额不同"):
        services.run_step(run=run, action="approve", by=actors.city)


def test_the_whole_city_is_looked_at_again_within_a_second(actors, year):
    run = services.run_calculate(by=actors.city, year=year, fund=Fund.SERVICE_MASS)
    started = process_time()
    assert differing(run) == 0
    assert process_time() - started < 1


@pytest.mark.parametrize("reached", ["draft", "checked", "approved"])
def test_a_merger_while_a_batch_is_under_way_does_not_overdraw_the_grant(
    actors, street, unit, payees, places, year, reached
):
    """Three quarters of the year are about to be paid when the community closes at mid-year."""
    story.run(unit)
    batch = story.batch(unit, reached, percent=75)
    Division.objects.filter(pk=places[0].pk).update(valid_to=date(year, 7, 1))
    story.run(unit, by=actors.finance, kind="supplement")
    step = {"draft": "check", "checked": "approve", "approved": "export"}[reached]
    with pytest.raises(IllegalTransition, match=f"核定已调减.*{places[0].name}"):
        services.batch_step(batch=batch, action=step, by=actors.city if step == "approve" else actors.finance)
    assert not Journal.objects.filter(kind="disburse").exists()
    if reached != "draft":
        batch = services.batch_step(batch=batch, action="return", by=actors.city, note="核定已调减")
    batch = services.batch_redraft(batch=batch, by=actors.finance)
    assert batch.lines.get(community=places[0]).amount_fen == 75_000_00
    batch = services.batch_step(batch=batch, action="check", by=actors.finance)
    batch = services.batch_step(batch=batch, action="approve", by=actors.city)
    assert services.batch_step(batch=batch, action="export", by=actors.finance).status == "exported"


def test_what_went_to_the_bank_in_december_arrives_in_january(unit, payees, year, at):
    story.run(unit)
    batch = story.batch(unit)
    with at(clock.now().replace(year=year + 1, month=1, day=4)):
        story.returned(batch, bounce=(2,))
    batch.refresh_from_db()
    assert batch.status == "settled"
    assert {
        str(day) for day in Journal.objects.filter(kind__in=["arrive", "bounce"]).values_list("day", flat=True)
    } == {f"{year}-12-31"}


def test_one_person_with_two_posts_is_one_pair_of_eyes(unit, payees, actors):
    story.run(unit)
    batch = services.batch_draft(
        by=actors.finance, unit=unit, fund=Fund.SERVICE_MASS, year=clock.today().year, percent=10
    )
    batch = services.batch_step(batch=batch, action="check", by=actors.finance)
    both = Actor(label="别的名字", user_id=actors.finance.user_id, posts=(*actors.finance.posts, *actors.city.posts))
    with pytest.raises(IllegalTransition, match="编制人不能批准"):
        services.batch_step(batch=batch, action="approve", by=both)


def test_a_page_that_is_old_sends_nothing(client, cast, unit, payees, actors):
    story.run(unit)
    batch = story.batch(unit, "approved")
    old = batch.version
    services.batch_step(batch=batch, action="return", by=actors.city, note="重做")
    client.force_login(cast.finance)
    client.post(reverse("disbursement-action", args=[batch.pk, "export"]), {"version": old})
    assert not Journal.objects.filter(kind="disburse").exists()
