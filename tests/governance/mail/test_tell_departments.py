"""Who is told what about each event, and who never is."""

from datetime import timedelta

import pytest

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.deadlines import deadlines_fire
from governance.kernel.outbox import MailState, OutboxMail
from governance.territory.models import Department
from governance.whistles import services
from governance.whistles.answering.actors import department_actor
from governance.whistles.mail.cases import CASES
from tests_support import stories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_hours")]


def told(event: str) -> set[str]:
    """The addresses that got a mail about an event."""
    return set(OutboxMail.objects.filter(key__startswith=f"{event}:").values_list("to_address", flat=True))


def mail_about(event: str) -> OutboxMail:
    return OutboxMail.objects.filter(key__startswith=f"{event}:").order_by("-id").first()


@pytest.fixture
def office(departments):
    return departments[0].email


@pytest.fixture
def station(departments, street):
    return Department.objects.get(superior=departments[0], street=street).email


BY_DEPARTMENT = {
    "ticket.accept": "pending_arrive",
    "ticket.arrive": "handling",
    "ticket.object": "disputed",
    "ticket.consult": "consulting",
    "ticket.ask_hold": "hung",
    "ticket.report_done": "pending_verify",
}
BY_OTHERS = {
    "ticket.dispatch": "pending_sign",
    "ticket.grant_hold": "hung",
    "ticket.verify": "pending_eval",
    "ticket.rate": "closed",
    "ticket.not_whistle": "terminated",
    "ticket.reassign": "reassigned",
    "ticket.merge": "merged",
}


@pytest.mark.parametrize(("event", "status"), BY_OTHERS.items())
def test_department_and_station_are_told(make_ticket, office, station, event, status):
    """双派单: both addresses, once each."""
    make_ticket(status)
    assert told(event) >= {office, station}
    assert OutboxMail.objects.filter(key__startswith=f"{event}:", to_address=office).count() == 1


@pytest.mark.parametrize(("event", "status"), BY_DEPARTMENT.items())
def test_own_step_is_told_to_the_other_office_only(make_ticket, station, event, status):
    """What the department did itself is not echoed to the department."""
    make_ticket(status)
    assert told(event) == {station}


def test_station_acts_and_department_is_told(make_ticket, actors, office, station):
    """The other way round, by link: the address that acted hears nothing."""
    ticket = make_ticket()
    services.ticket_accept(ticket=ticket, by=_at(ticket, station))
    assert told("ticket.accept") == {office}


def _at(ticket, address: str) -> Actor:
    from governance.kernel.links import link_for

    return department_actor(link_for(subject_type="ticket", subject_id=ticket.pk, recipient=address), ticket)


def test_reminder_goes_to_the_department_alone(make_ticket, office, station, at):
    ticket = make_ticket()
    with at(ticket.due_at - timedelta(minutes=1)):
        deadlines_fire()
    assert told("ticket.remind") == {office, station}


def test_overdue_reaches_those_above_too_and_no_community(make_ticket, office, station, departments, at):
    """逾期只推送给责任部门及其上级 (A.3)；红黄牌并报区县社会工作部 (18.3)."""
    social = Department.objects.get(unit=departments[0].unit, level="unit", short_name__contains="社会工作部")
    ticket = make_ticket()
    with at(ticket.due_at + timedelta(seconds=1)):
        deadlines_fire()
    assert told("ticket.card") == {office, station, departments[0].superior.email, social.email}


def test_red_card_carries_number_limit_and_a_link_to_explain(make_ticket, office, departments, at):
    ticket = make_ticket()
    with at(ticket.due_at + timedelta(days=3)):
        deadlines_fire()
    card = ticket.cards.get(colour="red")
    mail = OutboxMail.objects.filter(key__startswith=f"ticket.card:{ticket.pk}:{card.pk}:").get(to_address=office)
    assert card.number in mail.subject
    assert "5 个工作日" in mail.text
    assert "%%explain/" in mail.text
    upper = OutboxMail.objects.filter(key__startswith=f"ticket.card:{ticket.pk}:{card.pk}:")
    assert "LINK" not in upper.get(to_address=departments[0].superior.email).text


def test_social_work_department_hears_of_cards_and_of_nothing_else(make_ticket, street, at):
    social = Department.objects.get(unit=street.unit, level="unit", short_name__contains="社会工作部")
    ticket = make_ticket()
    with at(ticket.due_at + timedelta(seconds=1)):
        deadlines_fire()
    assert social.email in told("ticket.card")
    assert social.email not in told("ticket.dispatch")


def test_rework_tells_the_reason_once(make_ticket, actors, office):
    """The yellow card of a first rework is part of the same mail."""
    ticket = make_ticket("pending_verify")
    services.ticket_rework(ticket=ticket, by=actors.staff, note="路口东侧仍有摊位")
    assert "路口东侧仍有摊位" in mail_about("ticket.rework").text
    assert office not in told("ticket.card")


def test_upheld_objection_tells_why(make_ticket, actors, office, station):
    services.objection_uphold(ticket=make_ticket("disputed"), by=actors.adjudicator, note="权责清单明确由城管负责")
    assert told("ticket.uphold") == {office, station}
    assert "权责清单明确由城管负责" in mail_about("ticket.uphold").text


def test_reassigned_department_is_told_nothing_of_the_case(make_ticket, office, departments):
    """The old one learns that it is out, without content or link; the new one gets the whistle."""
    make_ticket("reassigned", facts="居民李某反映的具体情况")
    mail = OutboxMail.objects.get(key__startswith="ticket.reassign:", to_address=office)
    assert "链接即时失效" in mail.text
    assert "居民李某" not in mail.text
    assert "职责归属消防" not in mail.text
    assert "LINK" not in mail.text + mail.html
    assert mail.reply_to == ""
    assert departments[2].email in told("ticket.dispatch")


def test_extension_answers_the_department(make_ticket, actors, office, station):
    ticket = make_ticket("handling")
    until = clock.now() + timedelta(days=15)
    services.ticket_ask_extension(ticket=ticket, by=actors.dept, reason="需采购设备", until=until)
    services.extension_refuse(ticket=stories.fresh(ticket), by=actors.leader, note="可调配现有设备")
    assert told("ticket.refuse_extension") == {office, station}
    assert "可调配现有设备" in mail_about("ticket.refuse_extension").text


def test_rating_is_announced_without_its_content(make_ticket, actors):
    """Sealed until the quarter: neither stars nor words are in the mail."""
    ticket = make_ticket("pending_eval")
    services.ticket_rate(
        ticket=ticket, by=actors.staff, speed=1, attitude=1, quality=1, lawfulness=1, thoroughly="no",
        low_reason="shifting", comment="推诿两周才到场",
    )  # fmt: skip
    text = mail_about("ticket.rate").text
    assert "已完成评价" in text
    assert "推诿" not in text
    assert "星" not in text


def test_lapsed_rating_is_silent(make_ticket):
    services.ticket_lapse(ticket=make_ticket("pending_eval"))
    assert told("ticket.lapse") == set()


def test_street_comment_reaches_the_department(make_ticket, actors, office, station):
    services.ticket_comment(ticket=make_ticket("handling"), by=actors.staff, body="请带登高车")
    assert told("ticket.comment") == {office, station}


def test_each_comment_is_a_mail_of_its_own(make_ticket, actors, office):
    ticket = make_ticket("handling")
    for body in ("第一句", "第二句"):
        services.ticket_comment(ticket=ticket, by=actors.staff, body=body)
    assert OutboxMail.objects.filter(key__startswith="ticket.comment:", to_address=office).count() == 2


def test_lead_hears_when_an_assistant_is_done(make_ticket, office):
    """首接负责: the lead waits for its assistants."""
    make_ticket("pending_verify", role="assist", alone=False)
    assert office in told("ticket.report_done")


def test_undoing_a_merge_tells_both(make_ticket, actors, office, station):
    ticket = make_ticket("merged")
    services.whistle_unmerge(whistle=stories.fresh(ticket).whistle, by=actors.staff)
    assert told("ticket.unmerge") == {office, station}


def test_no_mail_ever_goes_to_a_community(make_ticket, actors, at):
    """Whatever happens, every recipient is a department or a station."""
    for status in ("closed", "hung", "reassigned", "terminated", "merged"):
        make_ticket(status, scene="emergency")
    late = make_ticket()
    with at(late.due_at + timedelta(days=5)):
        deadlines_fire()
    services.ticket_comment(ticket=late, by=actors.community, body="社区留言")
    addresses = set(OutboxMail.objects.values_list("to_address", flat=True))
    assert addresses
    assert addresses <= set(Department.objects.exclude(email="").values_list("email", flat=True))


def test_every_case_of_the_table_is_an_event_of_the_loop():
    """A renamed event must not fall silent."""
    from governance.whistles.workflow import TICKET_FLOW

    known = {f"ticket.{name}" for name in TICKET_FLOW.transitions}
    known |= {"ticket.dispatch", "ticket.remind", "ticket.card", "ticket.comment", "card.explain", "card.revoke"}
    known |= {"rating.appeal", "rating.appeal_uphold", "rating.appeal_refuse"}
    assert set(CASES) <= known


def test_confidential_whistle_shows_number_and_link_only(make_ticket):
    make_ticket(is_confidential=True, title="涉某举报人事项", facts="举报人住某小区")
    mail = mail_about("ticket.dispatch")
    shown = mail.subject + mail.text + mail.html
    assert not [word for word in ("举报人", "某小区", stories.DONE_ALREADY) if word in shown]
    assert "DLS-" in mail.subject
    assert "LINK" in mail.text


def test_phone_numbers_are_masked(make_ticket):
    make_ticket(facts="联系人电话 13804111234，请先联系。")
    assert "138****1234" in mail_about("ticket.dispatch").text
    assert "13804111234" not in mail_about("ticket.dispatch").html


def test_a_written_mark_opens_no_other_tickets_link(make_ticket, actors):
    """A comment that imitates the outbox's mark stays text: no link of another ticket slips into the mail."""
    other = OutboxMail.objects.filter(thread=make_ticket().thread).first()
    number = other.reply_to.split(":")[1].split("%")[0]
    services.ticket_comment(
        ticket=make_ticket("handling"), by=actors.staff, body=f"%%LINK:{number}%% %%REPLY:{number}%%"
    )
    mail = mail_about("ticket.comment")
    assert f"LINK:{number}%%" not in mail.text + mail.html


def test_markup_in_a_title_is_escaped(make_ticket):
    make_ticket(title="<script>alert(1)</script>")
    mail = mail_about("ticket.dispatch")
    assert "<script" not in mail.html
    assert "<script>" in mail.text


def test_dispatch_says_what_a_reply_may_say(make_ticket):
    make_ticket()
    text = mail_about("ticket.dispatch").text
    assert "请在此行以上回复" in text.splitlines()[0]
    assert "签收" in text
    assert "异议：理由；依据：条款；建议：部门" in text
    assert "办结：" not in text


def test_emergency_is_urgent_and_the_rest_is_not(make_ticket):
    make_ticket(scene="emergency")
    assert mail_about("ticket.dispatch").urgent
    make_ticket(scene="key_work")
    assert not mail_about("ticket.dispatch").urgent


def test_mail_of_a_refused_step_does_not_exist(make_ticket, actors):
    """The mail is part of the transaction: what is rolled back was never announced."""
    from governance.kernel.errors import DomainError

    ticket, before = make_ticket("pending_verify"), OutboxMail.objects.count()
    with pytest.raises(DomainError):
        services.ticket_rework(ticket=ticket, by=actors.staff, note="  ")
    assert OutboxMail.objects.count() == before
    assert not OutboxMail.objects.exclude(state=MailState.PENDING).exists()


def test_signalen_a_mail_receivers_error_is_swallowed(make_ticket, actors):
    """Here it takes the step with it: nobody believes that a department was told when it was not."""
    from governance.kernel import events

    def broken(**payload):
        raise ValueError("mail could not be written")

    ticket = make_ticket()
    events.subscribe("ticket.accept", broken)
    try:
        with pytest.raises(ValueError, match="could not be written"):
            services.ticket_accept(ticket=ticket, by=actors.dept)
    finally:
        events._handlers["ticket.accept"].remove(broken)
    assert stories.fresh(ticket).status == "pending_sign"
