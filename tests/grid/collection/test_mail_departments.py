"""Departments live in e-mail: one mail when the answers are there, not one for each community. Communities are never nagged."""

from datetime import timedelta

import pytest

from governance.kernel import clock
from governance.kernel.outbox import OutboxMail
from grid.collection import services
from tests_support import collection
from tests_support.collection import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_hours():
    with clock.travel(MORNING):
        yield


def sent_to(form) -> list[str]:
    return list(OutboxMail.objects.filter(thread=form.thread).order_by("pk").values_list("subject", flat=True))


def test_one_mail_when_the_last_community_has_answered(actors):
    form = collection.send(actors, "ZZ-005")
    for number in range(3):
        collection.fill(actors, form, number)
        assert sent_to(form) == []
    collection.fill(actors, form, 3)
    mail = OutboxMail.objects.get(thread=form.thread)
    assert (mail.to_address, mail.subject) == (form.department.email, f"【答案已齐】{form.title}")
    assert f"/forms/{form.pk}/" in mail.text and "答案齐全" in mail.text and "4 个社区" in mail.text
    assert not any(row.name in mail.text for row in collection.demands.communities())


def test_what_is_still_missing_is_said(actors):
    form = collection.send(actors, "RK-001", "ZZ-005")
    collection.fill_all(actors, form)
    assert "另有 4 格待源部门提供" in OutboxMail.objects.get(thread=form.thread).text


def test_whoever_waits_for_the_same_answers_hears_of_it_too(actors):
    """A form that was joined, and one that answered itself while its one field was still being filled in for another."""
    first = collection.send(actors, "ZZ-005", "ZZ-012")
    joined = collection.second(actors, "ZZ-005", "ZZ-012")
    services.form_join(form=joined, into=first, by=actors.assistant_dept)
    waits = collection.send(actors, form=collection.second(actors, "ZZ-005", "RK-001"), by=actors.assistant_dept)
    assert waits.status == "answered" and sent_to(waits) == [f"【自动应答】{waits.title}"]
    collection.fill_all(actors, first)
    assert sent_to(joined) == [f"【答案已齐】{joined.title}"]
    assert sent_to(waits) == [f"【自动应答】{waits.title}", f"【答案已齐】{waits.title}"]


def test_communities_get_the_gates_single_word_and_no_reminder(actors):
    """Until and after the day on which it is due: no mail to a community but the first."""
    form = collection.send(actors, "ZZ-005")
    first = OutboxMail.objects.filter(thread=form.demand.thread).count()
    for days in (5, 10, 11, 40, 400):
        with clock.travel(MORNING + timedelta(days=days)):
            services.forms_sweep()
    form.refresh_from_db()
    assert form.status == "retired"
    assert (
        OutboxMail.objects.filter(thread=form.demand.thread).exclude(to_address=form.department.email).count() == first
    )
    assert sent_to(form) == []
