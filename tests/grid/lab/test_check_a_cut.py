"""The check: k against brute force, uniform groups, differencing, what may be asked for, and the advice."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.kernel import clock
from governance.kernel.errors import Invalid
from governance.kernel.policy import policy_change
from governance.territory.models import Department
from governance.whistles.models import Ticket
from grid.incidents.models import Incident
from grid.lab import privacy
from grid.lab.advice import advise
from grid.lab.cuts import cut_from, demand_whole, last_closed
from grid.lab.privacy import examine, examine_alone, k_required
from tests_support import lab

pytestmark = pytest.mark.django_db


def brute(levels: dict) -> tuple[int, int, int]:
    """(groups, smallest, groups short) by counting in Python."""
    seen, matters = Counter(), Counter()
    for row in Incident.objects.select_related("category__parent"):
        at = timezone.localtime(row.reported_at)
        if not lab.START <= at.date() <= lab.END:
            continue
        key = []
        if "period" in levels:
            key.append({"month": at.month, "quarter": (at.month - 1) // 3, "year": 0}[levels["period"]])
        if "place" in levels:
            key.append({"community": row.community_id, "street": row.street_id, "unit": row.unit_id}[levels["place"]])
        if "category" in levels:
            key.append(row.category_id if levels["category"] == "small" else row.category.parent_id)
        seen[tuple(key)] += 1
        matters[tuple(key)] += row.recurrence_of_id is None
    short = sum(matters[key] < 5 for key in seen)
    return len(seen), min((matters[key] for key in seen), default=0), short


LEVELS = st.fixed_dictionaries(
    {"period": st.sampled_from(["month", "quarter"])},
    optional={
        "place": st.sampled_from(["community", "street", "unit"]),
        "category": st.sampled_from(["small", "large"]),
    },
)
ROWS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(6, 10), st.integers(0, 3), st.integers(1, 9), st.booleans()), max_size=6
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, levels=LEVELS)
def test_k_is_what_counting_by_hand_says(rows, levels):
    from django.db import transaction

    places = lab.places()
    with transaction.atomic():
        first = lab.incidents(1, place=places[0], month=6)[0]
        for place, month, kind, count, again in rows:
            more = {"recurrence_of": first} if again else {}
            lab.incidents(count, place=places[place], month=month, category=lab.small(kind * 9), **more)
        found = examine_alone(lab.cut(levels=levels))
        assert (found.groups, found.smallest, found.short_groups) == brute(levels)
        transaction.set_rollback(True)


def test_one_statement_however_much_there_is(django_assert_num_queries):
    lab.incidents(30)
    k_required()
    with django_assert_num_queries(1):
        examine_alone(lab.cut(levels={"period": "month", "place": "community", "category": "small", "took": "band"}))


def test_a_cut_that_singles_out_is_refused_without_naming_the_group():
    lab.incidents(6)
    lab.incidents(1, place=lab.places()[1])
    found = examine(lab.cut(levels={"period": "month", "place": "community"}), [])
    assert not found.passed
    words = "".join(found.reasons())
    assert "1 组（1 行）不足 5 件" in words
    assert lab.places()[1].name not in words
    assert examine(lab.cut(), []).passed


def test_five_recurrences_of_one_matter_are_no_crowd():
    row = lab.incidents(1)[0]
    lab.incidents(6, recurrence_of=row)
    assert examine_alone(lab.cut()).smallest == 1


def test_five_tickets_of_one_whistle_are_no_crowd(make_ticket):
    ticket = make_ticket("handling")
    for department in Department.objects.exclude(pk__in=ticket.whistle.tickets.values("department"))[:5]:
        Ticket.objects.create(**{
            name: getattr(ticket, name) for name in ("whistle", "street", "unit", "community", "category", "scene", "created_at")
        }, department=department, role="assist")  # fmt: skip
    month = timezone.localtime(ticket.created_at).date().replace(day=1)
    end = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    found = examine_alone(lab.cut(source="tickets", start=month, end=end))
    assert (found.groups, found.smallest) == (1, 1)
    assert found.rows >= 6


def test_a_group_with_one_verdict_gives_it_away():
    lab.incidents(6, verdict="poor")
    cut = lab.cut(levels={"period": "month", "place": "street", "verdict": "code"})
    assert "敏感列取值不足 2 种" in "".join(examine(cut, []).reasons())
    lab.incidents(1, verdict="good")
    assert examine(cut, []).passed


def test_a_harmless_value_may_stand_alone():
    lab.incidents(6, status="closed", days=timedelta(hours=1))
    assert examine(lab.cut(levels={"period": "month", "result": "code"}), []).passed


def test_no_value_yet_gives_nothing_away():
    lab.incidents(6)
    assert examine(lab.cut(levels={"period": "month", "verdict": "code"}), []).passed


class Published:
    """What the check wants to know of an earlier data set."""

    def __init__(self, cut):
        self.query, self.finding = cut, {"trace": privacy.traces([cut])[0]}


def test_two_cuts_that_differ_by_a_few_are_refused():
    """A city-wide cut minus a cut of one large category leaves two incidents of another: neither alone says so."""
    lab.incidents(8, category=lab.small(0))
    other = next(row for row in (lab.small(number) for number in range(200)) if row.parent_id != lab.small(0).parent_id)
    lab.incidents(2, category=other)
    narrow = lab.cut(category=lab.small(0).parent.code)
    assert examine(narrow, []).passed
    assert examine(lab.cut(), []).passed
    found = examine(lab.cut(), [Published(narrow)])
    assert not found.passed
    assert "两份数据一减" in "".join(found.reasons())


def test_crossing_two_coarse_cuts_is_refused():
    """By month without place, then by place without month: together they are a table with small cells."""
    one, two = lab.places()[:2]
    lab.incidents(6, place=one, month=7)
    lab.incidents(6, place=two, month=8)
    lab.incidents(1, place=two, month=7)
    by_month = lab.cut(levels={"period": "month"})
    by_place = lab.cut(levels={"place": "community"})
    assert examine(by_place, []).passed
    assert not examine(by_place, [Published(by_month)]).passed


def test_the_same_cut_again_and_one_that_lies_elsewhere_pass():
    lab.incidents(6, month=7)
    lab.incidents(6, month=8)
    published = Published(replace(lab.cut(), end=date(2026, 7, 31)))
    assert examine(lab.cut(), [published]).passed
    assert examine(replace(lab.cut(), start=date(2026, 8, 1)), [published]).joint.rows == 0


def test_a_row_that_came_later_is_not_given_away():
    lab.incidents(6)
    published = Published(lab.cut())
    lab.incidents(1)
    found = examine(lab.cut(), [published])
    assert found.changed == 1
    assert "不重叠的时段" in "".join(found.reasons())


def test_the_joint_check_is_one_statement_too(django_assert_num_queries):
    lab.incidents(6)
    earlier = [Published(lab.cut()), Published(lab.cut(levels={"period": "quarter"}))]
    k_required()  # the rules are read once
    with django_assert_num_queries(4):
        examine(lab.cut(), earlier)


def test_what_is_too_large_is_counted_to_the_limit_and_not_grouped():
    policy_change(key="lab.rows_most", value=6, effective_from=lab.START)
    lab.incidents(6)
    assert examine(lab.cut(), []).passed
    lab.incidents(3)
    earlier = Published(lab.cut())
    with CaptureQueriesContext(connection) as seen:
        found = examine(lab.cut(), [earlier])
    assert (found.too_large, found.own.rows, found.own.groups) == (True, 7, 0)
    assert "超过 6 行" in "".join(found.reasons())
    (statement,) = [row["sql"] for row in seen if "grid_incident" in row["sql"]]
    assert "LIMIT 7" in statement and "GROUP BY" not in statement


def test_advice_passes_and_says_what_to_widen():
    places = lab.places()
    for month in (7, 8, 9):
        lab.incidents(3, place=places[0], month=month)
        lab.incidents(3, place=places[1], month=month)
    cut = lab.cut(levels={"period": "month", "place": "community"})
    found = advise(cut, [])
    assert found.steps in {("“时间”放宽到“季度”",), ("“地点”放宽到“街道（乡镇）”",)}
    assert examine(found.cut, []).passed


def test_no_advice_where_nothing_helps():
    lab.incidents(2)
    assert advise(lab.cut(), []) is None


def test_the_rule_can_only_raise_k():
    policy_change(key="lab.k_anonymity", value=2, effective_from=date(2026, 1, 2))
    assert k_required() == privacy.FLOOR == 5
    policy_change(key="lab.k_anonymity", value=9, effective_from=date(2026, 1, 3))
    assert k_required() == 9


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"start": date(2026, 7, 2)}, "start"), ({"end": date(2026, 9, 29)}, "start"), ({"end": date(2026, 6, 30)}, "end"),
        ({"end": date(2026, 10, 31)}, "end"), ({"start": date(2020, 1, 1)}, "end"), ({"unit": "999999"}, "unit"),
        ({"category": "9999"}, "category"), ({"levels": {}}, "columns"), ({"levels": {"reporter": "code"}}, "columns"),
        ({"levels": {"period": "day"}}, "columns"), ({"levels": {"period": "year"}}, "start"),
        ({"levels": {"period": "quarter"}, "start": date(2026, 8, 1)}, "start"),
        ({"levels": {"place": "community", "verdict": "code"}}, "place"),
        ({"levels": {"place": "street", "verdict": "code"}, "shape": "counts"}, "columns"),
        ({"levels": {"place": "street", "verdict": "code", "result": "code"}}, "columns"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for(changes, field):
    with pytest.raises(Invalid) as refused:
        demand_whole(lab.cut(**changes))
    assert set(refused.value.fields) == {field}


def test_only_months_that_have_rested_are_open():
    assert last_closed() == date(2026, 9, 30)
    demand_whole(lab.cut())
    with clock.travel(lab.NOW + timedelta(days=5)):
        assert last_closed() == date(2026, 9, 30)
    with clock.travel(lab.NOW + timedelta(days=6)):
        assert last_closed() == date(2026, 10, 31)


def test_a_cut_survives_its_json():
    cut = lab.cut(unit="210204", category="01", shape="counts")
    assert cut_from(cut.as_json()) == cut


def test_nothing_forbidden_is_in_the_dictionary():
    """No free text, number, name, telephone, point, reporter or exact time; every column says how it was treated."""
    from grid.lab.dictionary import SOURCES, entries

    names = defaultdict(set)
    for source in SOURCES.values():
        for row in entries(source):
            names[source.key].add(row["name"])
            assert row["meaning"]
            assert all(level["how"] and level["treatment"] for level in row["levels"])
    banned = {
        "number",
        "words",
        "title",
        "facts",
        "reporter",
        "lon",
        "lat",
        "phone",
        "grid",
        "reported_at",
        "created_at",
        "door",
    }
    assert not banned & set.union(*names.values())
