"""How a made-up whistle lives: generators that yield the next moment and act through the services when it has come."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from zlib import crc32

from governance.kernel import clock
from governance.kernel.errors import DomainError
from governance.whistles import services
from governance.whistles.models import Ticket, Whistle
from governance.whistles.services.whistle import WhistleInput
from governance.whistles.states import TICKET_ENDED, HoldReason, LowReason

from .town import PLACES, City, Town, handler_of

Life = Iterator[datetime]
DAY = 7 * 60  # office minutes
BROAD = ("urban", "housing", "transport", "emergency")  # departments that a matter of streets and houses may fall to
SPEED = {"emergency": 0.05}  # of an ordinary matter's pace


def temper(department_id: int) -> float:
    """How slow a department is: 0.35 (prompt) to 1.5 (often late), the same each time."""
    return 0.35 + (crc32(str(department_id).encode()) % 100) / 87


def blow(city: City, town: Town, matter: dict, rng: Random, spawn) -> Life:
    """From the blow to the dispatch; each ticket then lives its own life."""
    yield clock.now()
    lead = town.departments[matter["lead"]]
    others = tuple(town.departments[kind] for kind in matter["assistants"] if kind in town.departments)
    community = rng.choice(town.communities)
    place = f"{community.name.removesuffix('居委会').removesuffix('村委会')}{rng.choice(PLACES)}"
    grids = town.grids.get(community.pk)
    content = WhistleInput(
        category=city.categories[matter["category"]], scene=matter["scene"], source=matter["source"], title=matter["title"],
        facts=matter["facts"].format(place=place), place=place, households=rng.choice((12, 36, 48, 120, 260)),
        done_already=matter["done"].format(n=rng.randint(2, 6)), lead=lead, assistants=others,
        tier="city" if rng.random() < 0.06 else "district", community=community,
        grid=rng.choice(grids) if grids and rng.random() < 0.8 else None, is_synthetic=True,
    )  # fmt: skip
    draft = rng.random() < 0.05
    whistle = services.whistle_blow(by=town.staff, street=town.street, content=content, draft=draft)
    pace = SPEED.get(matter["scene"], 1)
    if draft:
        yield _later(240, 1, rng)
        if rng.random() < 0.3:
            return  # forgotten drafts exist
        whistle = services.whistle_submit(whistle=whistle, by=town.staff)
    yield _later(rng.randint(10, 150) * pace, pace, rng)
    yield from _review(town, whistle, rng, pace, spawn)


def _review(town: Town, whistle: Whistle, rng: Random, pace: float, spawn) -> Life:
    fate = rng.random()
    if fate < 0.03:
        services.whistle_decline(whistle=whistle, by=town.leader, note="可由社区议事会协商解决，转和合大院。")
        return
    if fate < 0.08:
        whistle = services.whistle_return(whistle=whistle, by=town.leader, note="请补充与商户协商的情况。")
        yield _later(180, pace, rng)
        whistle = services.whistle_submit(whistle=whistle, by=town.staff)
        yield _later(60, pace, rng)
    whistle = services.whistle_approve(whistle=whistle, by=town.leader)
    yield _later(rng.randint(5, 60) * pace, pace, rng)
    twin = _twin(whistle) if rng.random() < 0.4 else None
    if twin:
        services.whistle_merge(whistle=whistle, into=twin, by=town.staff, note=f"与 {twin.number} 为同一事项")
        return
    whistle = services.whistle_dispatch(whistle=whistle, by=town.staff)
    for ticket in whistle.tickets.select_related("whistle", "department", "station"):
        spawn(answer(town, ticket, rng))


def _twin(whistle: Whistle) -> Whistle | None:
    """A running whistle on the same matter in the same community."""
    return Whistle.objects.filter(
        street_id=whistle.street_id, community_id=whistle.community_id, category_id=whistle.category_id,
        status="in_progress", pk__lt=whistle.pk,
    ).first()  # fmt: skip


def answer(town: Town, ticket: Ticket, rng: Random) -> Life:
    """A department's way from the mail to the rating."""
    by, slow = handler_of(ticket), temper(ticket.department_id)
    pace = SPEED.get(ticket.scene, 1)
    yield _later(rng.uniform(8, 62) * slow, pace if pace < 1 else 1, rng)
    if pace == 1 and rng.random() < 0.05:  # a mail that lay about for days
        yield _later(rng.uniform(2, 9) * DAY, 1, rng)
    if rng.random() < 0.08 and not _fresh(ticket).is_late:
        yield from _dispute(town, ticket, by, rng, pace)
        if _fresh(ticket).status != "pending_arrive":
            return
    else:
        ticket = services.ticket_accept(ticket=_fresh(ticket), by=by)
    yield _later(rng.uniform(20, 500) * slow, pace, rng)
    ticket = _fresh(ticket)
    if rng.random() < 0.6 and ticket.contacted_at is None:
        ticket = services.ticket_contact(ticket=ticket, by=by, note="已与街道指挥中心通话")
        yield _later(rng.uniform(60, 900) * slow, pace, rng)
    ticket = services.ticket_arrive(
        ticket=_fresh(ticket), by=by, mode="online" if rng.random() < 0.2 else "onsite", person="现场负责人"
    )
    yield _later(rng.uniform(200, 1500) * slow, pace, rng)
    yield from _work(town, _fresh(ticket), by, rng, pace, slow)


def _dispute(town: Town, ticket: Ticket, by, rng: Random, pace: float) -> Life:
    other = rng.choice([town.departments[kind] for kind in BROAD if town.departments[kind].pk != ticket.department_id])
    services.ticket_object(
        ticket=_fresh(ticket),
        by=by,
        grounds="该事项不在本部门职责范围内。",
        clause="部门“三定”规定第三条",
        suggested=other,
    )
    yield _later(rng.uniform(200, 900), pace, rng)
    ticket, fate = _fresh(ticket), rng.random()
    if fate < 0.4:
        services.objection_uphold(ticket=ticket, by=town.adjudicator, note="属本部门法定职责，应予报到。")
    elif fate < 0.85:
        try:
            fresh = services.objection_reassign(
                ticket=ticket, by=town.adjudicator, department=other, note="职责归属更正。"
            )
        except DomainError:  # already at work on it
            services.objection_uphold(ticket=ticket, by=town.adjudicator, note="由原部门继续办理。")
        else:
            yield from answer(town, _fresh(fresh), rng)
    else:
        services.objection_not_whistle(ticket=ticket, by=town.adjudicator, note="宜由居民协商解决，不属吹哨事项。")


def _work(town: Town, ticket: Ticket, by, rng: Random, pace: float, slow: float) -> Life:
    if pace == 1 and rng.random() < 0.07 * slow:  # work that dragged on
        yield _later(rng.uniform(6, 16) * DAY, 1, rng)
    fate = rng.random()
    if fate < 0.08 and pace == 1:
        yield from _consult(ticket, by, rng)
    elif fate < 0.15 and pace == 1:
        yield from _hold(town, ticket, by, rng)
        if _fresh(ticket).status != "handling":
            yield from _finish(town, ticket, by, rng, pace)
            return
    elif fate < 0.22 and pace == 1:
        yield from _extension(town, ticket, by, rng)
    yield from _report(town, ticket, by, rng, pace, slow)


def _consult(ticket: Ticket, by, rng: Random) -> Life:
    services.ticket_consult(
        ticket=_fresh(ticket), by=by, topic="权属涉及多家单位，需现场会商。", participants="街道、住建、城管"
    )
    yield _later(rng.uniform(400, 1200), 1, rng)
    services.ticket_minute(ticket=_fresh(ticket), by=by, minutes="明确由主办部门牵头，三日内进场。")
    yield _later(rng.uniform(200, 900), 1, rng)


def _extension(town: Town, ticket: Ticket, by, rng: Random) -> Life:
    ticket = _fresh(ticket)
    if ticket.due_at is None or ticket.is_late or ticket.stage != "finish":
        return
    services.ticket_ask_extension(
        ticket=ticket, by=by, reason="需等待材料到货。", until=ticket.due_at + timedelta(days=3)
    )
    yield _later(rng.uniform(60, 500), 1, rng)
    if rng.random() < 0.8:
        services.extension_grant(ticket=_fresh(ticket), by=town.leader)
    else:
        services.extension_refuse(ticket=_fresh(ticket), by=town.leader, note="请按期办结。")
    yield _later(rng.uniform(400, 2000), 1, rng)


def _hold(town: Town, ticket: Ticket, by, rng: Random) -> Life:
    services.ticket_ask_hold(
        ticket=_fresh(ticket), by=by, reason=rng.choice(HoldReason.values), explanation="需列入计划后实施。",
        leader="分管负责人", milestones="立项、进场、完工", told_residents="已向反映人说明安排。",
        review_on=clock.today() + timedelta(days=rng.randint(20, 85)),
    )  # fmt: skip
    yield _later(rng.uniform(300, 1200), 1, rng)
    if rng.random() < 0.2:
        services.hold_refuse(ticket=_fresh(ticket), by=town.social, note="条件具备，应按期办理。")
        return
    ticket = services.hold_grant(ticket=_fresh(ticket), by=town.adjudicator, note="同意。")
    yield clock.add(clock.now(), rng.randint(15, 60), "day")
    if rng.random() < 0.5:
        services.hold_resume(ticket=_fresh(ticket), by=town.adjudicator, note="资金已落实。")
        yield _later(rng.uniform(300, 900), 1, rng)
    else:
        services.ticket_write_off(ticket=_fresh(ticket), by=by, how="done", note="已完工，附前后对比。")


def _report(town: Town, ticket: Ticket, by, rng: Random, pace: float, slow: float) -> Life:
    """Report done; the lead waits for its assistants."""
    for _attempt in range(40):
        ticket = _fresh(ticket)
        if ticket.status in TICKET_ENDED:
            return
        try:
            services.ticket_report_done(
                ticket=ticket, by=by, outcome=rng.choices(("solved", "partly", "policy_explained"), (84, 12, 4))[0],
                taken_up=f"{clock.today():%m月%d日}", talked_with="街道综合指挥中心、社区书记",
                measures="已组织人员现场处置，并安排专人巡查，防止反弹。", settled_by="即日",
            )  # fmt: skip
            break
        except DomainError:
            yield _later(300, pace, rng)
    yield from _finish(town, ticket, by, rng, pace)


def _finish(town: Town, ticket: Ticket, by, rng: Random, pace: float) -> Life:
    """The street verifies, sends back now and then, and rates."""
    yield _later(rng.uniform(100, 900), max(pace, 0.3), rng)
    if _fresh(ticket).status != "pending_verify":
        return
    if rng.random() < 0.11:
        services.ticket_rework(
            ticket=_fresh(ticket), by=town.staff, note="现场复查问题仍在。", is_false=rng.random() < 0.1
        )
        yield _later(rng.uniform(300, 900), pace, rng)
        yield from _report(town, ticket, by, rng, pace, 1)
        return
    services.ticket_verify(ticket=_fresh(ticket), by=town.staff, note="现场核实属实。")
    yield _later(rng.uniform(60, 1500), 1, rng)
    if _fresh(ticket).status == "pending_eval" and rng.random() < 0.92:
        _rate(town, _fresh(ticket), rng)


def _rate(town: Town, ticket: Ticket, rng: Random) -> None:
    slow, late = temper(ticket.department_id), ticket.rework_count + ticket.cards.count()
    mean = 5.2 - 0.8 * slow - 0.5 * late
    stars = [max(1, min(5, round(rng.gauss(mean, 0.7)))) for _ in range(4)]
    services.ticket_rate(
        ticket=ticket, by=town.staff, speed=stars[0], attitude=stars[1], quality=stars[2], lawfulness=max(stars[3], 3),
        thoroughly=rng.choices(("yes", "partly", "no"), (82, 14, 4))[0], again=min(stars) > 2,
        low_reason=rng.choice((LowReason.LATE, LowReason.UNSOLVED, LowReason.SHIFTING)) if min(stars[:3]) <= 2 else "",
    )  # fmt: skip


def _fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("whistle", "department").get(pk=ticket.pk)


def _later(minutes: float, pace: float, rng: Random) -> datetime:
    """Office minutes for ordinary matters, natural ones for emergencies."""
    jitter = rng.uniform(0.7, 1.3) * minutes
    if pace < 1:
        return clock.now() + timedelta(minutes=max(2, jitter * pace))
    return clock.add_work_minutes(clock.now(), jitter)
