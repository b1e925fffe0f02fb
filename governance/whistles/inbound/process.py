"""Reading stored mail: claim, classify, identify, act, confirm. An error never loses a mail: it is tried again, then quarantined.

The claim is committed first, with the attempt and the time of the next one, so that a mail that kills its worker does not come back at
once and for ever. The effect and the mail's new state are one transaction: the same mail never acts twice.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from governance.kernel import clock
from governance.kernel.errors import Forbidden
from governance.kernel.policy import policy

from ..mail import confirm
from ..models import InboundMail
from ..models.inbound import InboundState
from .act import Outcome, answer
from .identity import Distrust, Identity, identify
from .loops import auto_reason, bounce_of, bounce_record
from .mime import Letter, letter_of
from .quotes import own_text

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=35)  # longer than a task may run (30 s), short enough to be taken up again within a minute


def inbound_process(*, limit: int = 1) -> int:
    """Read up to ``limit`` waiting mails, oldest first. Returns how many were taken.

    One at a time by default: a mail that kills its worker takes no other with it.
    """
    ids = _claim(limit)
    for pk in ids:
        _process(pk)
    return len(ids)


def _claim(limit: int) -> list[int]:
    moment = clock.db_now()
    with transaction.atomic():
        waiting = InboundMail.objects.select_for_update(skip_locked=True).filter(
            state=InboundState.RECEIVED, not_before__lte=moment
        )
        ids = list(waiting.order_by("id").values_list("id", flat=True)[:limit])
        InboundMail.objects.filter(pk__in=ids).update(attempts=F("attempts") + 1, not_before=clock.now() + LEASE)
    return ids


def _process(pk: int) -> None:
    try:
        with transaction.atomic():
            mail = InboundMail.objects.select_for_update().get(pk=pk, state=InboundState.RECEIVED)
            read(mail)
    except InboundMail.DoesNotExist:
        return  # another worker was faster
    except Exception as error:
        log.exception("mail %s could not be read", pk)
        _put_back(pk, error)


def _put_back(pk: int, error: Exception) -> None:
    """Later again, each time after a longer wait; after the last attempt to the people who look at quarantine."""
    mail = InboundMail.objects.defer("raw").get(pk=pk)
    reason = f"处理出错：{type(error).__name__} {error}"[:200]
    waiting = InboundMail.objects.filter(pk=pk, state=InboundState.RECEIVED)
    if mail.attempts >= policy("mail.inbound_attempts"):
        waiting.update(state=InboundState.QUARANTINE, reason=reason)
    else:
        waiting.update(reason=reason, not_before=clock.now() + timedelta(seconds=min(600, 2**mail.attempts)))


def read(mail: InboundMail) -> None:
    """Decide about one locked mail and write down what was decided."""
    if mail.attempts > policy("mail.inbound_attempts"):
        return _close(mail, InboundState.QUARANTINE, reason="处理时反复中断")
    letter = letter_of(bytes(mail.raw))
    if bounce := bounce_of(mail, letter.message):
        return _close(mail, InboundState.BOUNCE, reason=bounce_record(status=bounce[0], message_id=bounce[1]))
    if reason := auto_reason(mail, letter.message):
        return _close(mail, InboundState.AUTO, reason=reason)
    try:
        with transaction.atomic():
            outcomes = [carry_out(mail, letter, one) for one in identify(mail, letter.message)]
    except Distrust as error:
        return _close(mail, InboundState.QUARANTINE, reason=str(error))
    except Forbidden as error:
        return _close(mail, InboundState.QUARANTINE, reason=error.message)
    return finish(mail, outcomes)


def carry_out(mail: InboundMail, letter: Letter, one: Identity, *, address: str = "") -> Outcome:
    """Do what the letter asks of one ticket and confirm it to ``address`` (by default the sender)."""
    if one.replier:
        return one.replier.carry_out(one.ticket, one.actor, f"{mail.pk}", letter, address or mail.sender)
    outcome = answer(ticket=one.ticket, by=one.actor, text=own_text(letter.text), files=letter.files)
    confirm(
        ticket=outcome.ticket, address=address or mail.sender, key=f"{mail.pk}:{one.ticket.pk}", kind=outcome.kind,
        understood=outcome.understood, note=outcome.note,
    )  # fmt: skip
    return outcome


def finish(mail: InboundMail, outcomes: list[Outcome]) -> None:
    """Record what was understood and which ticket it went to."""
    first = outcomes[0]
    state = InboundState.DONE if first.kind == "done" and first.understood != "留言" else InboundState.COMMENT
    _close(mail, state, reason=first.note, understood=first.understood, ticket=first.ticket)


def _close(mail: InboundMail, state: str, *, reason: str = "", understood: str = "", ticket=None) -> None:
    mail.state, mail.reason, mail.understood = state, reason[:200], understood[:60]
    mail.ticket = ticket or mail.ticket
    mail.save(update_fields=["state", "reason", "understood", "ticket"])
