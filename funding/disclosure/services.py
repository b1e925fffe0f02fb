"""Everything that writes disclosures and questions. The sweep opens and lapses; a person publishes and answers."""

import hashlib
import json
from datetime import date

from django.db import connection
from django.db.models import Count

from funding.ledger.models import Entry
from funding.ledger.states import AccountKind
from governance.kernel import audit, clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.deadlines import deadline_close, deadline_open
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.policy import policy
from governance.kernel.transactions import together
from governance.kernel.workflow import lock
from governance.territory.models import Division

from .figures import figures_of
from .masking import harmless
from .models import Disclosure, MoneyQuestion
from .periods import Span, due_on, ended, quarter_before, quarter_of
from .states import DisclosureStatus, QuestionStatus
from .workflow import DISCLOSURE_FLOW, QUESTION_FLOW

ANSWER_MOST = 1000
SWEEP_LOCK = 4_206


def disclosures_open(*, today: date | None = None, is_synthetic: bool = False) -> int:
    """Open what has to be published of this quarter and the last, for every community that holds an account. Idempotent.

    Busy accounts (payments of the quarter before reach the rule) publish by the month. Returns how many were opened.
    """
    today = today or clock.today()
    this = quarter_of(today)
    with together():
        with connection.cursor() as cursor:  # one sweep at a time; a second one finds nothing left to open
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SWEEP_LOCK])
        return sum(_open_quarter(quarter, today, is_synthetic) for quarter in (quarter_before(this), this))


def _open_quarter(quarter: Span, today: date, is_synthetic: bool) -> int:
    busy = _busy(quarter_before(quarter))
    known = set(
        Disclosure.objects.filter(start__range=(quarter.start, quarter.end)).values_list("community", "kind", "start")
    )
    quarterly = {community for community, kind, _ in known if kind == "quarter"}
    monthly = {community for community, kind, _ in known if kind == "month"}
    days, rows = policy("disclosure.due_days"), []
    for place in _holders(quarter):
        # How a quarter is published is settled when its first period is opened.
        by_month = place.pk in monthly or (place.pk in busy and place.pk not in quarterly)
        rows += [
            Disclosure(
                community=place, street_id=place.street_id, unit_id=place.unit_id, kind=span.kind, start=span.start,
                end=span.end, due_on=due_on(span, today, days), opened_at=clock.now(), is_synthetic=is_synthetic,
            )
            for span in ended(quarter, by_month, today) if (place.pk, span.kind, span.start) not in known
        ]  # fmt: skip
    return _add(rows)


def _busy(quarter: Span) -> set[int]:
    """Communities with so many payments in a quarter that they publish by the month (村组法 30 条)."""
    paid = Entry.objects.filter(
        account__kind=AccountKind.PAID, journal__day__range=(quarter.start, quarter.end), fen__gt=0
    ).order_by()
    counts = paid.values("account__community").annotate(n=Count("id"))
    limit = policy("disclosure.monthly_from_payments")
    return {row["account__community"] for row in counts if row["n"] >= limit}


def _holders(quarter: Span) -> list[Division]:
    """Communities with an account of that year that money had reached by the end of the quarter."""
    reached = Entry.objects.filter(
        account__community__isnull=False, account__year=quarter.start.year, journal__day__lte=quarter.end
    ).order_by()
    keys = reached.values_list("account__community", flat=True).distinct()
    return list(Division.objects.filter(pk__in=list(keys)).order_by("code12"))


def _add(rows: list[Disclosure]) -> int:
    """Store them with their events."""
    Disclosure.objects.bulk_create(rows)
    audit.record_all(
        [
            audit.event(
                action="disclosure.open",
                label="生成待公布事项",
                by=SYSTEM,
                subject=row,
                thread=row.thread,
                to_status=row.status,
            )
            for row in rows
        ]
    )
    return len(rows)


def disclosures_lapse(*, limit: int = 200) -> int:
    """Mark what was not published in time; its community's next disbursement waits. Returns how many."""
    late = Disclosure.objects.filter(status=DisclosureStatus.DUE, due_on__lt=clock.today()).order_by("id")
    done = 0
    for row in late[:limit]:
        try:
            DISCLOSURE_FLOW.fire(row, "lapse", by=SYSTEM)
        except Conflict:  # published or lapsed meanwhile
            continue
        done += 1
    return done


def digest_of(snapshot: dict) -> str:
    """SM3 of the canonical JSON: anybody can compute it from what the public page's JSON says."""
    text = json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.new("sm3", text.encode()).hexdigest()


def disclosure_publish(*, disclosure: Disclosure, by: Actor, version: int | None = None, note: str = "") -> Disclosure:
    """Publish the period's figures as the ledger has them now; one confirmation, no field. Raises DomainError."""
    with together():
        row = lock(disclosure)
        snapshot = figures_of(row.community, row.span)
        return DISCLOSURE_FLOW.fire(
            row, "publish", by=by, version=version, note=note, data={"digest": (digest := digest_of(snapshot))},
            changes={
                "snapshot": snapshot, "digest": digest, "published_at": clock.now(), "published_by_id": by.user_id,
                "published_label": by.label[:120],
            },
        )  # fmt: skip


def question_ask(*, community: Division, text: str, by: Actor, is_synthetic: bool = False) -> MoneyQuestion:
    """Keep a resident's question, without who asked and with numbers masked. Raises Invalid, Conflict (too many wait)."""
    text = " ".join(text.split())
    most = policy("disclosure.question_letters")
    if not text:
        raise Invalid(text="请写下您的问题。")
    if len(text) > most:
        raise Invalid(text=f"请不要超过 {most} 字。")
    with together():
        waiting = MoneyQuestion.objects.filter(community=community, status=QuestionStatus.ASKED)
        if waiting.count() >= policy("disclosure.questions_waiting"):
            raise Conflict("待答复的提问已经很多，请等答复后再提问，或直接到社区（村）询问。")
        row = MoneyQuestion.objects.create(
            community=community, street_id=community.street_id, unit_id=community.unit_id, text=harmless(text)[:1000],
            asked_at=clock.now(), is_synthetic=is_synthetic,
        )  # fmt: skip
        audit.record(
            action="moneyquestion.ask", label="提问", by=by, subject=row, thread=row.thread, to_status=row.status
        )
        deadline_open(
            subject_type="moneyquestion", subject_id=row.pk, stage="answer", rule_key="disclosure.answer_days",
            silent=is_synthetic,
        )  # fmt: skip
    return row


def question_step(
    *, question: MoneyQuestion, action: str, by: Actor, note: str = "", version: int | None = None
) -> MoneyQuestion:
    """answer (``note`` is shown in public, numbers masked) or decline (``note`` is the reason, kept). Raises DomainError."""
    note = note.strip()
    if len(note) > ANSWER_MOST:
        raise Invalid(note=f"请不要超过 {ANSWER_MOST} 字。")
    changes = {"answered_at": clock.now(), "answered_label": by.label[:120]}
    if action == "answer":
        changes["answer"] = harmless(note)[:ANSWER_MOST]
    with together():
        row = QUESTION_FLOW.fire(question, action, by=by, note=note, version=version, changes=changes)
        deadline_close(subject_type="moneyquestion", subject_id=row.pk)
    return row
