"""A department dispatches a form: what the city knows is not asked, what is left passes the gate, nothing left answers itself."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from communities.admission.models import BurdenQuota, BurdenSample, Demand, DemandTarget
from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, Forbidden, IllegalTransition, Invalid
from governance.kernel.policy import PolicyRule, forget_rules
from grid.collection import services
from grid.collection.errors import MustJoin, Refusable
from grid.collection.models import Asking, Fact, Form
from grid.collection.selectors import answers_of
from tests_support import collection, demands, stories
from tests_support.collection import BY_HAND, DAY, MORNING

pytestmark = pytest.mark.django_db


def test_what_is_known_is_stripped_and_the_rest_is_asked(actors):
    collection.feed_twenty()
    form = collection.send(actors)
    assert form.status == "collecting"
    assert (form.fields_count, form.manual_count, form.communities, form.reached) == (20, 5, 4, 4)
    assert (form.cells, form.asked_cells) == (80, 20)
    assert form.demand.minutes == form.minutes < form.minutes_before
    assert set(Asking.objects.filter(form=form).values_list("code", flat=True)) == set(BY_HAND)
    field = form.fields.get(element__code="RK-001")
    assert (field.known, field.manual, field.reason) == (4, 0, "known")
    assert "ZZ-005" not in form.demand.content and "楼长人数" in form.demand.content


def test_an_automatic_field_is_never_typed_in_even_when_its_system_brought_nothing(actors):
    form = collection.send(actors, "RK-001", "ZZ-005")
    assert form.manual_count == 1
    assert form.fields.get(element__code="RK-001").automatic == 4


def test_an_expired_fact_is_asked_again_but_not_within_twelve_months(actors):
    form = collection.fill_all(actors, collection.send(actors, "ZZ-012"))
    assert form.status == "summarised"
    soon = MORNING + timedelta(days=100)
    again = collection.draft(actors, "ZZ-012")
    assert collection.send(actors, form=again, moment=soon).status == "answered"
    later = MORNING + timedelta(days=371)  # the fact holds 365 days, the twelve months are over
    third = collection.draft(actors, "ZZ-012", valid_to=date(2028, 12, 31), due_on=DAY + timedelta(days=400))
    assert collection.send(actors, form=third, moment=later, over_quota_reason="年度更新").manual_count == 1


def test_only_communities_with_something_to_type_hear_of_it(actors):
    first, *others = demands.communities()
    collection.feed("ZZ-005", places=others)
    form = collection.send(actors, "ZZ-005")
    assert (form.communities, form.reached) == (4, 1)
    assert [row.community for row in form.demand.targets.all()] == [first]


@pytest.mark.parametrize("name", ["form_code", "issuer", "approval_no", "valid_to", "item"])
def test_a_missing_mark_is_refusable(actors, name):
    form = collection.draft(actors, "ZZ-005", **{name: None if name in ("valid_to",) else ""} if name != "item" else {})
    if name == "item":
        Form.objects.filter(pk=form.pk).update(item=None)
    with pytest.raises(Refusable) as caught:
        collection.send(actors, form=form)
    assert (caught.value.status_code, caught.value.code) == (422, "FORM_REFUSABLE")
    assert name in caught.value.fields
    assert not Demand.objects.exists()


def test_an_expired_mark_is_refusable(actors):
    form = collection.draft(actors, "ZZ-005", valid_to=DAY - timedelta(days=1))
    with pytest.raises(Refusable):
        collection.send(actors, form=form)


def test_a_task_is_no_form(actors):
    form = collection.draft(actors, "ZZ-005", items=demands.item("SQ-U-2026-031"))
    with pytest.raises(Invalid, match="报表台账"):
        collection.send(actors, form=form)


def test_the_second_department_gets_its_answers_at_once(actors):
    """Issue 4: the same 20 fields again: no manual field, no minute, nobody is reached."""
    collection.feed_twenty()
    collection.fill_all(actors, collection.send(actors))
    targets, samples = DemandTarget.objects.count(), BurdenSample.objects.count()
    form = collection.send(actors, form=collection.second(actors), by=actors.assistant_dept)
    assert (form.status, form.manual_count, form.minutes, form.reached, form.demand) == ("answered", 0, 0, 0, None)
    assert (DemandTarget.objects.count(), BurdenSample.objects.count()) == (targets, samples)
    assert not BurdenQuota.objects.filter(department=form.department).exists()
    rows = answers_of(form, actors.assistant_dept)
    assert len(rows) == 4
    assert all(cell.text for row in rows for cell in row.cells)
    assert form.fields.get(element__code="ZZ-005").reason == "known"


def test_while_the_first_is_being_filled_in_the_second_must_join(actors):
    collection.feed_twenty()
    first = collection.send(actors)
    form = collection.second(actors)
    with pytest.raises(MustJoin, match=first.number) as caught:
        collection.send(actors, form=form, by=actors.assistant_dept)
    assert caught.value.into == first
    joined = services.form_join(form=form, into=first, by=actors.assistant_dept)
    assert (joined.status, joined.joined_into) == ("joined", first)
    collection.fill_all(actors, first)
    assert all(cell.text for row in answers_of(joined, actors.assistant_dept) for cell in row.cells)


def test_a_form_that_shares_less_is_not_merged_but_its_fields_are_not_asked_twice(actors):
    collection.send(actors, "ZZ-005", "ZZ-012")
    _rule("collection.forms_a_month", 5)
    draft = collection.second(actors, "ZZ-005", "SS-014", "SJ-010")
    form = collection.send(actors, form=draft, by=actors.assistant_dept)
    assert form.manual_count == 2
    assert form.fields.get(element__code="ZZ-005").reason == "asked"


def _rule(key: str, value) -> None:
    PolicyRule.objects.filter(key=key).update(value=value)
    forget_rules()


def test_one_joins_only_what_is_alike_and_open(actors):
    first = collection.send(actors, "ZZ-005")
    with pytest.raises(Invalid):
        services.form_join(form=collection.second(actors, "SS-014"), into=first, by=actors.assistant_dept)


def test_a_second_form_in_a_month_needs_approval(actors):
    collection.send(actors, "ZZ-005")
    with pytest.raises(Invalid, match="每月新增报表"):
        collection.send(actors, form=collection.second(actors, "SS-014"), by=actors.assistant_dept)


def _approved(actors, form: Form) -> Form:
    pending = services.form_submit(form=form, by=actors.dept)
    assert pending.status == "pending"
    return services.form_approve(form=pending, by=actors.social, note="年度普查")


def test_too_many_fields_wait_for_approval(actors):
    _rule("redline.manual_fields", 3)
    form = collection.draft(actors, *BY_HAND)
    with pytest.raises(Invalid, match="人工填写 5 项，上限 3 项"):
        collection.send(actors, form=form)
    sent = collection.send(actors, form=_approved(actors, form))
    assert (sent.status, sent.cap, sent.manual_count) == ("collecting", 3, 5)
    assert AuditEvent.objects.filter(action="form.approve", note="年度普查").exists()


def test_too_many_minutes_wait_for_approval(actors):
    _rule("collection.minutes_most", 3)
    with pytest.raises(Invalid, match="上限 3 分钟"):
        collection.send(actors, "SJ-011")


def test_obligatory_material_waits_for_approval(actors):
    form = collection.draft(actors, "ZZ-013", required=frozenset({"ZZ-013"}))
    with pytest.raises(Invalid, match="材料项设为必填"):
        collection.send(actors, form=form)
    assert collection.send(actors, form=_approved(actors, form)).status == "collecting"


def test_what_is_within_the_limits_needs_no_approval(actors):
    with pytest.raises(Invalid, match="不需要审批"):
        services.form_submit(form=collection.draft(actors, "ZZ-005"), by=actors.dept)


def test_over_the_quota_it_waits_and_goes_out_when_granted(actors):
    from communities.admission.gate.services import demand_approve

    form = _over(actors)
    assert form.status == "waiting" and not form.demand.targets.exists()
    with clock.travel(MORNING):
        demand_approve(demand=form.demand, by=actors.social, note="同意")
    form.refresh_from_db()
    assert form.status == "collecting" and form.demand.targets.count() == 4


def test_over_the_quota_and_not_granted_its_fields_are_free_again(actors):
    from communities.admission.gate.services import demand_decline

    form = _over(actors)
    demand_decline(demand=form.demand, by=actors.social, note="不必")
    form.refresh_from_db()
    assert form.status == "withdrawn"
    assert not Asking.objects.filter(released=False).exists()


def _over(actors) -> Form:
    BurdenQuota.objects.create(department=stories.departments(stories.street())[0], year=2026, minutes=1)
    return collection.send(actors, "ZZ-005", over_quota_reason="年度普查")


def test_a_foreign_department_may_not(actors):
    form = collection.draft(actors, "ZZ-005")
    with pytest.raises(Forbidden):
        collection.send(actors, form=form, by=actors.other_dept)


def test_once_only(actors):
    form = collection.send(actors, "ZZ-005")
    with pytest.raises(IllegalTransition):
        collection.send(actors, form=form)


def test_withdrawn_with_its_demand_and_the_other_way_round(actors):
    from communities.admission.gate.services import demand_withdraw

    form = services.form_withdraw(form=collection.send(actors, "ZZ-005"), by=actors.dept, note="不用了")
    form.demand.refresh_from_db()
    assert form.demand.status == "withdrawn"
    again = collection.send(actors, "ZZ-005")  # nobody had answered: it may be asked
    demand_withdraw(demand=again.demand, by=actors.dept, note="不用了")
    again.refresh_from_db()
    assert again.status == "withdrawn"


def test_retired_when_its_validity_is_over_and_only_once(actors):
    form = collection.send(
        actors, "ZZ-005", "SS-014", form=collection.draft(actors, "ZZ-005", valid_to=DAY + timedelta(days=30))
    )
    answered = collection.send(actors, form=collection.draft(actors, "RK-001", valid_to=DAY + timedelta(days=30)))
    with clock.travel(MORNING + timedelta(days=30)):
        assert services.forms_sweep() == 0
    with clock.travel(MORNING + timedelta(days=31)):
        assert (services.forms_sweep(), services.forms_sweep()) == (2, 0)
    form.refresh_from_db(), answered.refresh_from_db()
    assert form.status == answered.status == "retired"
    assert set(form.demand.targets.values_list("status", flat=True)) == {"released"}


def test_summarised_early_frees_who_has_not_answered(actors):
    form = collection.send(actors, "ZZ-005")
    collection.fill(actors, form)
    done = services.form_summarise(form=form, by=actors.dept)
    assert done.status == "summarised"
    assert sorted(done.demand.targets.values_list("status", flat=True)) == ["done", "released", "released", "released"]
    assert Asking.objects.filter(form=form, released=True).count() == 3


def test_a_form_whose_demand_ended_by_refusals_is_summarised_by_the_sweep(actors):
    form = collection.send(actors, "ZZ-005")
    Demand.objects.filter(pk=form.demand_id).update(status="closed")
    assert services.forms_sweep() == 1
    form.refresh_from_db()
    assert form.status == "summarised"


def test_one_statement_for_all_facts(actors, django_assert_max_num_queries):
    collection.feed_twenty()
    form = collection.draft(actors)
    with django_assert_max_num_queries(60):
        collection.send(actors, form=form)


def test_two_askings_of_a_field_meet_in_the_database(actors, monkeypatch):
    """When two departments dispatch at the same moment the second loses and is told why."""
    _rule("collection.forms_a_month", 5)
    first = collection.send(actors, "ZZ-005", "ZZ-012")
    monkeypatch.setattr("grid.collection.stripping.Asking", SimpleNamespace(objects=_Nothing))
    with pytest.raises(Conflict, match="另一张表"):
        collection.send(actors, form=collection.second(actors, "ZZ-005", "SS-014", "SJ-010"), by=actors.assistant_dept)
    assert Asking.objects.filter(code="ZZ-005", form=first).count() == 4
    assert Fact.objects.count() == 0


class _Nothing:
    """What a reader sees who looked before the other committed."""

    @staticmethod
    def filter(**_terms):
        return Asking._base_manager.none()


def test_a_community_that_refuses_with_success_may_be_asked_by_another_form(actors):
    form = collection.send(actors, "ZZ-005")
    demands.refusal(actors, "upheld", part=collection.part(form))
    released = Asking.objects.filter(form=form, released=True)
    assert [row.community for row in released] == demands.communities(1)
