"""The link in the department's mail: the answers without an account, to read and to keep, and nothing else."""

import io
from datetime import timedelta

import pytest
from django.core.cache import cache
from python_calamine import CalamineWorkbook

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.audit import AuditEvent
from governance.kernel.links import AnswerLink, fill_marks, link_for, token_of
from governance.kernel.outbox import OutboxMail
from governance.kernel.policy import policy
from grid.collection import services
from grid.collection.models import DataTaking, Fact
from tests_support import collection, demands, stories
from tests_support.collection import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_hours():
    with clock.travel(MORNING):
        yield


def address(form, recipient: str = "") -> str:
    link = link_for(subject_type="form", subject_id=form.pk, recipient=recipient or form.department.email)
    return f"/answer-form/{token_of(link)}/"


def mailed(form) -> str:
    """The address as it stands in the mail that is sent."""
    text = OutboxMail.objects.filter(thread=form.thread).latest("pk").text
    sent = fill_marks(text)
    assert "/answer-form/" not in text and "/answer-form/" in sent
    return "/answer-form/" + sent.split("/answer-form/")[1].split()[0]


def everything() -> tuple:
    return (AuditEvent.objects.count(), DataTaking.objects.count(), OutboxMail.objects.count(), Fact.objects.count(),
            list(AnswerLink.objects.order_by("pk").values_list("expires_at", "revoked_at")))  # fmt: skip


def test_the_mails_link_opens_for_nobody_signed_in(client, actors):
    collection.feed("RK-001")
    form = collection.fill_all(actors, collection.send(actors, "RK-001", "ZZ-005"))
    path = mailed(form)
    answer = client.get(path)
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in (
        form.title,
        "户籍户数",
        "103 户",
        "31",
        "?export=xlsx",
        form.form_code,
        demands.communities()[3].name,
    ):
        assert words in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]  # nothing to do here, only to read
    assert answer["Cache-Control"] == "no-store" and "noindex" in answer["X-Robots-Tag"]


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client, actors, method):
    collection.feed("RK-001")
    form = collection.send(actors, "RK-001")
    assert form.status == "answered" and DataTaking.objects.count() == 1  # registered once, when it answered itself
    path = mailed(form)
    before = everything()
    for _ in range(2):
        for tail in ("", "?export=xlsx"):
            assert getattr(client, method)(f"{path}{tail}").status_code == 200
    assert client.post(path).status_code == 405
    assert everything() == before


def test_the_file_has_no_more_than_the_page(client, cast, actors):
    """Small sums of another line's persons are withheld from both, as from the page of who is signed in."""
    row, place = collection.elements("RK-001")[0], demands.communities()[0]
    collection.feed("RK-001", places=demands.communities()[1:])
    services.facts_record(by=SYSTEM, origin="system", rows=[services.FactInput(row, place, 3)])
    form = collection.send(actors, "RK-001")
    path = mailed(form)
    page = client.get(path)
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(client.get(f"{path}?export=xlsx").streaming_content)))
    lines = book.get_sheet_by_index(0).to_python()
    top = next(at for at, line in enumerate(lines) if line[0] == "社区代码")
    told = [
        [line.community.code12, line.community.name, *(cell.value for cell in line.cells)]
        for line in page.context["rows"]
    ]
    assert [line[:3] for line in lines[top + 1 :]] == told
    assert told[0][2] == f"不足 {policy('collection.small_count')}" and "不足" in page.content.decode()
    client.force_login(cast.dept)
    assert [[c.value for c in r.cells] for r in client.get(f"/forms/{form.pk}/").context["rows"]] == [
        r[2:] for r in told
    ]


def test_what_is_not_this_departments_answers_the_one_404(client, actors, make_link=link_for):
    collection.feed("RK-001")
    form = collection.send(actors, "RK-001")
    stranger = stories.departments(stories.street())[1]
    ticket = make_link(subject_type="ticket", subject_id=form.pk, recipient=form.department.email)
    dead = address(form)
    paths = ["/answer-form/AAAA/", f"/answer-form/{token_of(ticket)}/", address(form, stranger.email),
             address(form, "somebody@example.org"), f"/answer/{dead.split('/')[2]}/"]  # fmt: skip
    with clock.travel(MORNING + timedelta(days=policy("mail.link_days"), minutes=1)):
        found = [client.get(path) for path in [*paths, dead]]
    found += [client.get(f"{path}?export=xlsx") for path in paths]
    assert {answer.status_code for answer in found} == {404}
    assert not any(form.title in answer.content.decode() for answer in found)
    assert client.get(dead).status_code == 200


def test_another_forms_link_shows_that_form_only(client, actors):
    collection.feed("RK-001", "RK-003")
    first = collection.send(actors, "RK-001")
    other = collection.send(actors, form=collection.second(actors, "RK-003"), by=actors.assistant_dept)
    assert other.title in client.get(mailed(other)).content.decode()
    assert first.number not in client.get(mailed(other)).content.decode()
    link = AnswerLink.objects.get(subject_type="form", subject_id=other.pk)
    AnswerLink.objects.filter(pk=link.pk).update(
        subject_id=first.pk
    )  # even so: its holder is not the first's department
    assert client.get(f"/answer-form/{token_of(link)}/").status_code == 404


def test_a_withdrawn_form_revokes_its_links(client, actors):
    form = collection.send(actors, "ZZ-005")
    path = address(form)
    assert client.get(path).status_code == 200
    services.form_withdraw(form=form, by=actors.dept, note="不再需要")
    assert AnswerLink.objects.get(subject_type="form").revoked_at is not None
    assert client.get(path).status_code == client.get(f"{path}?export=xlsx").status_code == 404


def test_a_joined_form_that_is_a_draft_again_loses_its_link_too(client, actors):
    first = collection.send(actors, "ZZ-005", "ZZ-012")
    joined = collection.second(actors, "ZZ-005", "ZZ-012")
    joined = services.form_join(form=joined, into=first, by=actors.assistant_dept)
    path = address(joined)
    assert client.get(path).status_code == 200
    services.form_withdraw(form=first, by=actors.dept, note="不再需要")
    assert client.get(path).status_code == 404
    assert "/answer-form/" not in fill_marks(OutboxMail.objects.filter(thread=joined.thread).latest("pk").text)


def test_a_title_conjures_up_no_link(actors):
    collection.feed("RK-001")
    form = collection.draft(actors, "RK-001", title="表 %%LINK:1%%")
    services.form_dispatch(form=form, by=actors.dept)
    assert OutboxMail.objects.get(thread=form.thread).text.count("%%LINK:") == 1


def test_whoever_tries_too_fast_waits(client, settings):
    settings.VISITOR_RATE = "3/min"
    cache.clear()
    assert [client.get("/answer-form/AAAA/").status_code for _ in range(4)] == [404, 404, 404, 429]
    cache.clear()
