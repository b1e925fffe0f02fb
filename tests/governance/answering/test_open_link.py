"""Opening a mailed link: what is shown, and that looking changes nothing."""

import secrets

import pytest

from governance.kernel.audit import AuditEvent
from governance.kernel.files import file_store
from governance.kernel.outbox import OutboxMail
from governance.whistles import services
from governance.whistles.answering.views import ACTIONS
from governance.whistles.models import Ticket
from tests_support import stories

pytestmark = pytest.mark.django_db


def state_of_everything() -> tuple:
    return (
        list(Ticket.objects.order_by("pk").values_list("status", "version", "accepted_at")),
        AuditEvent.objects.count(),
        OutboxMail.objects.count(),
    )


@pytest.mark.parametrize("method", ["get", "head"])
def test_django_helpdesk_a_get_link_closes_a_ticket_without_login(client, make_ticket, address_of, method):
    """Here no address under the link does anything on GET or HEAD: mail scanners fetch them all."""
    ticket = make_ticket()
    before, address = state_of_everything(), address_of(ticket)
    for name in ["", *(f"{action}/" for action in ACTIONS)]:
        response = getattr(client, method)(f"{address}{name}?done=accept&confirm=1")
        assert response.status_code in (200, 409)
    assert getattr(client, method)(f"{address}renew/").status_code == 405
    assert state_of_everything() == before


def test_page_says_what_where_and_whose_move(client, make_ticket, address_of):
    page = client.get(address_of(make_ticket())).content.decode()
    for words in (
        "夜市占道经营反复",
        "青泥街与友好路路口",
        "轮到贵单位",
        "签收时限",
        "提出异议",
        stories.DONE_ALREADY,
        "演示数据",
    ):
        assert words in page
    assert "报办结" not in page


def test_answers_are_for_nobodys_cache(client, make_ticket, address_of):
    response = client.get(address_of(make_ticket()))
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "same-origin"
    assert "noindex" in response["X-Robots-Tag"]
    assert "Set-Cookie" not in {name for name in response.cookies if name != "csrftoken"}


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        ("pending_sign", {"accept", "object"}),
        ("disputed", set()),
        ("pending_arrive", {"contact", "arrive"}),
        ("handling", {"report_done", "consult", "ask_extension", "ask_hold"}),
        ("consulting", {"minute"}),
        ("hung", {"write_off"}),
        ("pending_verify", set()),
        ("closed", set()),
    ],
)
def test_buttons_follow_the_state(client, make_ticket, address_of, status, offered):
    ticket = make_ticket(status)
    address = address_of(ticket)
    page = client.get(address).content.decode()
    found = {name for name in ACTIONS if name != "comment" and f'"{address}{name}/"' in page}
    assert found == offered


def test_ruling_shows_the_ruling_groups_clock(client, make_ticket, address_of):
    page = client.get(address_of(make_ticket("disputed"))).content.decode()
    assert "裁决时限 · 区级裁决组" in page
    assert "贵单位暂停计时" in page


def test_rating_stays_sealed(client, make_ticket, actors, address_of):
    ticket = make_ticket("pending_eval")
    services.ticket_rate(
        ticket=ticket, by=actors.staff, speed=1, attitude=1, quality=1, lawfulness=1, thoroughly="no",
        low_reason="shifting", comment="推诿两周才到场",
    )  # fmt: skip
    page = client.get(address_of(ticket)).content.decode()
    assert "推诿" not in page
    assert "已办结" in page


def test_photos_of_other_departments_are_not_served(client, make_whistle, actors, address_of):
    """A link opens the files of its own ticket and of the whistle, not those of another department's report."""
    from tests_support.photos import jpeg

    whistle = make_whistle()
    lead, other = whistle.tickets.get(role="lead"), whistle.tickets.get(role="assist")
    own = file_store(subject=lead, thread=lead.thread, name="own.jpg", content=jpeg(), by=actors.dept)
    foreign = file_store(
        subject=other, thread=other.thread, name="foreign.jpg", content=jpeg(), by=actors.assistant_dept
    )
    address = address_of(lead)
    answer = client.get(f"{address}files/{own.pk}/")
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
    assert client.get(f"{address}files/{foreign.pk}/").status_code == 404
    assert "foreign.jpg" not in client.get(address).content.decode()


def test_guessed_token_is_a_plain_404(client, make_ticket, address_of):
    """No difference between a token that never was and a malformed one; no action, no file behind it either."""
    make_ticket()
    for token in (secrets.token_urlsafe(32), "x", "%00", "..", "a" * 3000):
        for rest in ("", "accept/", "files/1/", "no-such-thing/"):
            assert client.get(f"/answer/{token}/{rest}").status_code == 404
    assert client.post(f"/answer/{secrets.token_urlsafe(32)}/renew/").status_code == 404


def test_unknown_action_is_404(client, make_ticket, address_of):
    address = address_of(make_ticket())
    for action in ("rate", "verify", "reassign", "grant_hold", "nonsense"):
        assert client.get(f"{address}{action}/").status_code == 404
        assert client.post(f"{address}{action}/").status_code == 404


def test_merged_ticket_leads_to_the_main_whistles(client, make_whistle, actors, address_of):
    """Mail to a merged ticket follows it: the same department's ticket of the main whistle opens."""
    first, main = make_whistle(title="先到的"), make_whistle(title="主哨单")
    ticket = first.tickets.get(role="lead")
    address = address_of(ticket)
    services.whistle_merge(whistle=first, into=main, by=actors.staff, note="同一事项")
    page = client.get(address).content.decode()
    assert "主哨单" in page and main.number in page and "由并入的哨单转来" in page
    client.post(f"{address}accept/")
    assert main.tickets.get(role="lead").status == "pending_arrive"
    assert Ticket.objects.get(pk=ticket.pk).status == "merged"
