"""费随事转 from the application to the communities' accounts, and back when the demand is withdrawn (issue 5)."""

from datetime import timedelta

import pytest

from communities.admission.gate import services
from communities.admission.gate.terms import funds_for
from communities.admission.models import AdmissionItem
from communities.admission.refusals.services import refusal_file
from funding.ledger.models import Account, Journal
from governance.kernel import clock
from tests_support import applications, demands
from tests_support.demands import MORNING

pytestmark = pytest.mark.django_db


def balances() -> list[int]:
    rows = Account.objects.filter(fund="errand", kind="available").order_by("community__code12")
    return list(rows.values_list("balance_fen", flat=True))


def funded(actors, fen=100_00, **more):
    return demands.send(actors, funded_fen=fen, fund_number="YS2026-117", places=demands.communities(3), **more)


def test_from_application_to_transfer(actors):
    row = applications.application(actors, "in_force")
    item = AdmissionItem.objects.get(application=row) if hasattr(AdmissionItem, "application") else row.item
    assert item.fund_per_time_fen > 0
    places = demands.communities(3)
    moment = MORNING.replace(
        year=item.valid_from.year, month=item.valid_from.month, day=item.valid_from.day
    ) + timedelta(days=7)
    with clock.travel(moment):
        need = funds_for(item, minutes=item.minutes, communities=len(places))
        demand = demands.send(
            actors, items=item, places=places, funded_fen=need, fund_number=row.fund_number, moment=moment,
            due_on=moment.date() + timedelta(days=20),
        )  # fmt: skip
    journal = Journal.objects.get(key=f"demand:{demand.pk}:errand")
    assert (journal.kind, journal.amount_fen, journal.document_label) == ("transfer", need, str(demand))
    assert sum(balances()) == need
    assert max(balances()) - min(balances()) <= 1


def test_a_demand_without_money_moves_none(actors):
    demands.send(actors)
    assert not Journal.objects.exists()


def test_split_to_the_fen(actors):
    funded(actors)
    assert balances() == [33_34, 33_33, 33_33]


def test_withdrawn_before_anything_was_done(actors):
    demand = funded(actors)
    with clock.travel(MORNING + timedelta(hours=2)):
        services.demand_withdraw(demand=demand, by=actors.dept, note="改由部门自办")
    assert balances() == [0, 0, 0]
    assert Journal.objects.get(kind="reversal").reverses == Journal.objects.get(kind="transfer")


def test_who_had_done_it_keeps_his_part(actors):
    demand = funded(actors, 90_00)
    with clock.travel(MORNING + timedelta(hours=1)):
        services.target_complete(target=demand.targets.get(community=demands.communities(1)[0]), by=actors.community)
    with clock.travel(MORNING + timedelta(hours=2)):
        services.demand_withdraw(demand=demand, by=actors.dept, note="改由部门自办")
    assert balances() == [30_00, 0, 0]


def test_the_books_do_not_tell_who_refused(actors):
    demand = funded(actors, 90_00)
    first, second = demands.communities(2)
    with clock.travel(MORNING + timedelta(hours=1)):
        services.target_complete(target=demand.targets.get(community=second), by=actors.sibling_community)
        refusal_file(target=demand.targets.get(community=first), by=actors.community, reason="overlap")
    assert balances() == [30_00, 30_00, 30_00]
    with clock.travel(MORNING + timedelta(hours=2)):
        services.demand_withdraw(demand=demand, by=actors.dept, note="改由部门自办")
    assert balances() == [30_00, 30_00, 0]


def test_over_the_quota_money_waits_for_approval(actors):
    from communities.admission.models import BurdenQuota

    demands.send(actors)
    BurdenQuota.objects.update(minutes=80)
    demand = funded(actors, over_quota_reason="冬季清雪保畅通，时间紧，需要社区协助。")
    assert demand.status == "pending_approval"
    assert not Journal.objects.exists()
    with clock.travel(MORNING + timedelta(hours=1)):
        services.demand_approve(demand=demand, by=actors.social, note="同意")
    assert sum(balances()) == 100_00


def test_the_demand_s_page_leads_to_the_voucher(client, cast, actors):
    demand = funded(actors)
    journal = Journal.objects.get(kind="transfer")
    client.force_login(cast.social)
    assert journal.get_absolute_url() in client.get(demand.get_absolute_url()).content.decode()
    client.force_login(cast.dept)
    text = client.get(demand.get_absolute_url()).content.decode()
    assert journal.get_absolute_url() not in text
    assert "100.00 元（YS2026-117）" in text
