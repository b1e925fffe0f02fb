"""Lists of whistles and tickets: whom they show what, filters, sorting, export, and how many queries that takes."""

import pytest

from governance.accounts.models import Appointment
from governance.accounts.selectors import actor_of
from governance.kernel import clock
from governance.whistles.models import Ticket, Whistle
from tests_support.queries import BASELINE, statements

OURS = ("/whistles/", "/tickets/")
pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(client, cast):
    """``listed("staff", "/tickets/?…")``: the ids on the page, and its count."""

    def get(who, address):
        client.force_login(getattr(cast, who))
        context = client.get(address).context
        return [row.pk for row in context["page"].rows], context["count"].number

    return get


@pytest.mark.parametrize("who", ["staff", "city", "adjudicator", "community", "auditor"])
def test_everybody_above_sees_the_running_whistle(listed, make_whistle, who):
    whistle = make_whistle()
    assert listed(who, "/whistles/") == ([whistle.pk], 1)
    assert listed(who, "/tickets/")[1] == 2


def test_a_department_sees_its_own_ticket_only(listed, make_whistle):
    whistle = make_whistle()
    assert listed("dept", "/tickets/") == ([whistle.tickets.get(role="lead").pk], 1)
    assert listed("dept", "/whistles/") == ([whistle.pk], 1)
    assert listed("other_dept", "/tickets/") == ([], 0)
    assert listed("sibling_staff", "/whistles/") == ([], 0)


def test_what_one_sees_twice_is_listed_once_and_counted_once(listed, cast, make_whistle):
    """In Signalen a signal visible through two departments appears twice in the list and counts twice; here it cannot."""
    whistle = make_whistle()
    lead, assist = whistle.tickets.order_by("-role")
    for department in (lead.department, assist.department, lead.department.superior):
        Appointment.objects.create(user=cast.outsider, role="dept_handler", department=department)
    Appointment.objects.create(user=cast.outsider, role="street_staff", street=whistle.street, unit=whistle.unit)
    assert listed("outsider", "/whistles/") == ([whistle.pk], 1)
    assert listed("outsider", "/whistles/?overdue=0&status=open") == ([whistle.pk], 1)
    rows, count = listed("outsider", "/tickets/")
    assert (sorted(rows), count) == (sorted([lead.pk, assist.pk]), 2)


@pytest.mark.parametrize("who", ["staff", "dept", "city_dept", "other_dept", "community", "sibling_staff", "auditor"])
def test_list_and_page_agree(client, cast, listed, make_whistle, make_ticket, who):
    make_whistle(status="draft"), make_whistle(is_confidential=True), make_ticket("reassigned"), make_ticket("hung")
    for model, path in ((Whistle, "whistles"), (Ticket, "tickets")):
        rows, count = listed(who, f"/{path}/")
        opened = {
            pk for pk in model.objects.values_list("pk", flat=True) if client.get(f"/{path}/{pk}/").status_code == 200
        }
        assert set(rows) == opened
        assert count == len(opened) == len(rows)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=占道", 1), ("q=不存在", 0), ("status=in_progress", 1), ("status=open", 1), ("status=closed", 0),
        ("scene=joint_enforce", 1), ("scene=emergency", 0), ("source=patrol", 1), ("source=hotline", 0),
        ("street=210202008000", 1), ("street=210202005000", 0), ("unit=210202", 1), ("role=lead", 1), ("hung=1", 0),
        ("recurrence=1", 0), ("overdue=1", 0), ("since=2020-01-01&until=2099-01-01", 1), ("until=2020-01-01", 0),
    ],
)  # fmt: skip
def test_filters_find(listed, make_whistle, query, found):
    make_whistle()
    assert listed("city", f"/whistles/?{query}")[1] == found


def test_filters_for_tickets_find_the_same(listed, make_whistle, category):
    whistle = make_whistle()
    lead = whistle.tickets.get(role="lead")
    found = {
        f"department={lead.department.code}&unit=210202": [lead.pk], "role=lead": [lead.pk], "status=handling": [],
        f"category={category.code}&role=lead": [lead.pk], f"category={category.parent.code}&role=lead": [lead.pk],
        f"whistle={whistle.number}&role=lead": [lead.pk], f"q={whistle.number}&role=lead": [lead.pk], "stage=finish": [],
        "card=red": [],
    }  # fmt: skip
    for query, rows in found.items():
        assert listed("city", f"/tickets/?{query}") == (rows, len(rows)), query


def test_lead_and_department_are_asked_of_the_same_ticket(listed, make_whistle):
    """The whistle has a lead and has this department, but not as its lead."""
    assist = make_whistle().tickets.get(role="assist").department
    assert listed("city", f"/whistles/?unit=210202&department={assist.code}&role=lead")[1] == 0
    assert listed("city", f"/whistles/?unit=210202&department={assist.code}&role=assist")[1] == 1


def test_overdue_and_on_hold(listed, make_ticket, at):
    late, hung = make_ticket("pending_sign"), make_ticket("hung")
    with at(clock.now() + clock.timedelta(days=9)):
        assert listed("staff", "/tickets/?overdue=on") == ([late.pk], 1)
        assert listed("staff", "/whistles/?overdue=true") == ([late.whistle_id], 1)
    assert listed("staff", "/tickets/?hung=1") == ([hung.pk], 1)


def test_an_unknown_choice_finds_nothing_and_says_so(client, cast, make_whistle):
    make_whistle()
    client.force_login(cast.staff)
    page = client.get("/whistles/?scene=fun&street=1")
    assert page.status_code == 200
    assert not page.context["page"].rows
    assert {"scene", "street"} <= set(page.context["filterset"].form.errors)


def test_a_foreign_street_in_the_address_opens_nothing(listed, make_whistle):
    make_whistle()
    assert listed("sibling_staff", "/whistles/?street=210202008000") == ([], 0)


def test_no_choice_is_offered_that_one_does_not_have(client, cast):
    client.force_login(cast.staff)
    form = client.get("/tickets/").context["filterset"].form
    assert {field.name for field in form if field.is_hidden} == {"unit", "street"}
    client.force_login(cast.city)
    page = client.get("/tickets/").content
    assert page.count(b"<option") < 220


def test_sorted_by_what_is_due_first(listed, make_ticket):
    slow, fast = make_ticket(scene="hard_demand"), make_ticket(scene="emergency")
    assert listed("staff", "/tickets/?sort=due_at")[0] == [fast.pk, slow.pk]
    assert listed("staff", "/tickets/?sort=-due_at")[0] == [slow.pk, fast.pk]


@pytest.mark.parametrize("path", ["/whistles/", "/tickets/"])
def test_export_holds_what_the_list_shows(client, cast, make_whistle, path):
    whistle = make_whistle(title="=1+1 占道")
    client.force_login(cast.staff)
    text = b"".join(client.get(f"{path}?export=csv&scene=joint_enforce")).decode()
    assert whistle.number in text
    assert "综合执法" in text
    assert client.get(f"{path}?export=xlsx").status_code == 200


@pytest.mark.parametrize("name", sorted(name for name in BASELINE if name.partition(" ")[2].startswith(OURS)))
def test_a_page_takes_a_constant_number_of_queries(client, cast, make_whistle, make_ticket, name):
    """Pinned in tests/baselines/queries.json; more rows, no more queries; never more than ten on a list."""
    who, path = name.split(" ")
    client.force_login(getattr(cast, who))
    first = make_whistle()
    working = make_ticket("handling").pk if "working" in path else 0
    rated = make_ticket("closed").pk if "rated" in path else 0
    lead = first.tickets.get(role="lead").pk
    path = path.format(whistle=first.pk, ticket=lead, working=working, rated=rated)
    client.get(path)  # rules and calendar are kept by the process
    assert statements(client, path) == BASELINE[name]
    make_whistle(), make_whistle(status="closed")
    assert statements(client, path) == BASELINE[name]
    assert BASELINE[name] <= 10 or "{" in name


def test_the_street_is_the_actors_own(cast, street):
    """The cast stands where the tests think."""
    assert {post.street_id for post in actor_of(cast.staff).posts} == {street.pk}
