"""What the street does at the end: verify on site, send back, rate; and what happens when it does not."""

from datetime import timedelta

from django.db import transaction

from governance.kernel import clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.errors import Invalid
from governance.kernel.policy import policy

from ..models import Rating, Ticket, Whistle
from ..rules import quarter_of
from ..states import Stage, Thoroughly, WhistleStatus
from .cards import card_for_rework
from .closing import whistle_settle
from .steps import close_stage, finish, fire_ticket, fire_whistle, lock_whistle, open_stage


@transaction.atomic
def ticket_verify(*, ticket: Ticket, by: Actor, note: str = "", version: int | None = None) -> Ticket:
    """核实通过: the street saw it on the spot; the time for rating starts."""
    ticket = fire_ticket(ticket, "verify", by=by, note=note, version=version, changes={"verified_at": clock.now()})
    open_stage(ticket, Stage.EVALUATE)
    return finish(ticket, "ticket.verify", by=by, note=note)


@transaction.atomic
def ticket_rework(
    *, ticket: Ticket, by: Actor, note: str, is_false: bool = False, version: int | None = None
) -> Ticket:
    """核实不通过: back to the department with a new, shorter limit; once is a yellow card, twice or a false report a red one."""
    ticket = fire_ticket(
        ticket, "rework", by=by, note=note, version=version,
        changes={"rework_count": ticket.rework_count + 1, "outcome": "", "done_at": None},
    )  # fmt: skip
    open_stage(ticket, Stage.FINISH, rule="whistle.rework")
    card_for_rework(ticket=ticket, by=by, is_false=is_false)
    return finish(ticket, "ticket.rework", by=by, note=note)


@transaction.atomic
def ticket_rate(*, ticket: Ticket, by: Actor, speed: int, attitude: int, quality: int, lawfulness: int, thoroughly: str,
                again: bool = True, low_reason: str = "", comment: str = "", version: int | None = None) -> Rating:  # fmt: skip
    """一哨一评: once, sealed until its quarter is aggregated. One or two stars need a reason (domain-rules 1.6)."""
    stars = {"speed": speed, "attitude": attitude, "quality": quality, "lawfulness": lawfulness}
    problems = {name: "请选择 1 至 5 星。" for name, value in stars.items() if not 1 <= (value or 0) <= 5}
    if thoroughly not in Thoroughly.values:
        problems["thoroughly"] = "请选择是否彻底解决。"
    if not problems and min(stars.values()) <= policy("rating.low_star") and not low_reason:
        problems["low_reason"] = "有一项为 1–2 星，请选择原因。"
    if problems:
        raise Invalid(**problems)
    lock_whistle(ticket)
    ticket = fire_ticket(ticket, "rate", by=by, version=version, changes={"closed_at": clock.now()})
    rating = Rating.objects.create(
        ticket=ticket, department_id=ticket.department_id, street_id=ticket.street_id, quarter=quarter_of(clock.today()),
        thoroughly=thoroughly, again=again, low_reason=low_reason, comment=comment[:500], rated_by=by.label[:120], **stars,
    )  # fmt: skip
    close_stage(ticket, Stage.EVALUATE)
    finish(ticket, "ticket.rate", by=by)
    whistle_settle(whistle=ticket.whistle, by=by)
    return rating


@transaction.atomic
def ticket_lapse(*, ticket: Ticket) -> Ticket:
    """到期未评: unrated is unrated, not a good rating, and nobody is blamed for it (domain-rules 1.6)."""
    lock_whistle(ticket)
    ticket = fire_ticket(ticket, "lapse", by=SYSTEM, changes={"closed_at": clock.now()})
    close_stage(ticket, Stage.EVALUATE, void=True)
    ticket = finish(ticket, "ticket.lapse", by=SYSTEM)
    whistle_settle(whistle=ticket.whistle)
    return ticket


def whistles_archive(*, limit: int = 200) -> int:
    """Archive what has been closed for the rule's days without coming back. Returns how many."""
    before = clock.now() - timedelta(days=policy("whistle.archive_days"))
    ripe = Whistle.objects.filter(status=WhistleStatus.CLOSED, closed_at__lt=before).order_by("closed_at")[:limit]
    for whistle in ripe:
        fire_whistle(whistle, "archive", by=SYSTEM)
    return len(ripe)
