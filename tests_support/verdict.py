"""After the faults: was every effect there exactly once, and does everything that must hold still hold?"""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F

from governance.dashboards.rollups import rollup_rebuild
from governance.invariants import broken
from governance.kernel.audit import AuditEvent, audit_seal, audit_verify
from governance.kernel.outbox import MailState, OutboxMail
from governance.kernel.rollup import RollupDelta, rollup_fold
from governance.whistles.models import InboundMail, MailboxMessage, Whistle
from governance.whistles.models.inbound import InboundState

from .faults import retry_dead
from .stubborn import Writer


@dataclass
class Verdict:
    """``wrong`` is empty when nothing was lost and nothing happened twice; the rest is told."""

    whistles: int = 0
    effects: int = 0
    mails: int = 0
    duplicates: int = 0
    drained: float = 0.0
    p50: float = 0.0
    p95: float = 0.0
    longest: float = 0.0
    wrong: dict = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.whistles} whistles, {self.effects} effects, {self.mails} mails ({self.duplicates} repeated), "
            f"drained in {self.drained:.1f} s, due to sent p50 {self.p50:.1f} s p95 {self.p95:.1f} s "
            f"longest {self.longest:.1f} s, wrong: {self.wrong or 'nothing'}"
        )


def waiting() -> int:
    """How many mails out and in are still to be worked off."""
    out = OutboxMail.objects.filter(state=MailState.PENDING).count()
    return out + InboundMail.objects.filter(state=InboundState.RECEIVED).count()


def drain(limit: float = 60.0) -> float:
    """Wait until the portal itself has worked everything off. Returns the seconds; AssertionError after ``limit``."""
    began = time.monotonic()
    while left := waiting():
        if time.monotonic() - began > limit:
            rows = OutboxMail.objects.filter(state=MailState.PENDING).values(
                "id", "attempts", "lease_until", "last_error"
            )
            raise AssertionError(f"{left} mails wait after {limit:.0f} s: {list(rows[:5])}")
        time.sleep(0.25)
    return time.monotonic() - began


def _effects(writers: Iterable[Writer]) -> dict:
    """Steps that are not in the trail exactly once, whistles that nobody or somebody twice blew."""
    wanted = Counter(effect for writer in writers for effect in set(writer.effects))
    found = Counter(AuditEvent.objects.values_list("subject_type", "subject_id", "action"))
    titles = Counter(Whistle.objects.values_list("title", flat=True))
    stories = {f"{writer.name}-{story.number}": bool(story.stage) for writer in writers for story in writer.stories}
    return {
        "effects not there once": [effect for effect in wanted if found[effect] != 1][:5],
        "whistles not there once": [title for title, blown in stories.items() if blown and titles[title] != 1][:5],
        "whistles of nobody": [title for title in titles if title not in stories][:5],
        "stories not at their end": [
            (title, story.stage) for writer in writers for title, story in
            ((f"{writer.name}-{story.number}", story) for story in writer.stories) if not story.is_over
        ][:5],
    }  # fmt: skip


def _mails() -> tuple[dict, int]:
    """(lost, ghosts and unsent mails, how many were delivered more than once under the same Message-ID)."""
    kept = Counter(MailboxMessage.objects.exclude(headers__has_key="Sent").values_list("message_id", flat=True))
    known = dict(OutboxMail.objects.values_list("message_id", "state"))
    sent = {key for key, state in known.items() if state == MailState.SENT}
    rest = Counter(state for state in known.values() if state not in (MailState.SENT, MailState.DIGESTED))
    wrong = {
        "mails lost": sorted(sent - set(kept))[:5],
        "ghost mails": sorted(set(kept) - set(known))[:5],
        "mails not sent": dict(rest),
    }
    return wrong, sum(kept.values()) - len(kept)


def _chain() -> str:
    while audit_seal():
        pass
    verdict = audit_verify()
    return verdict.problem or (f"{verdict.pending} events without seal" if verdict.pending else "")


def _rollup() -> str:
    while rollup_fold():
        pass
    left = RollupDelta.objects.count()
    return f"{left} deltas left" if left else (f"{drift} rows differ" if (drift := rollup_rebuild()) else "")


def _delays(verdict: Verdict) -> None:
    rows = OutboxMail.objects.filter(state=MailState.SENT).annotate(took=F("sent_at") - F("created_at"))
    took = sorted(row.total_seconds() for row in rows.values_list("took", flat=True))
    if took:
        verdict.p50, verdict.p95, verdict.longest = (took[int((len(took) - 1) * part)] for part in (0.5, 0.95, 1))


def verdict(writers: list[Writer], *, limit: float = 60.0) -> Verdict:
    """Drain, then count everything. Run against the portal's database."""
    began = time.monotonic()
    drain(limit)
    while retry_dead():  # refused while the mail server said no to everything
        drain(limit)
    result = Verdict(drained=time.monotonic() - began)
    wrong, result.duplicates = _mails()
    wrong |= _effects(writers)
    wrong["invariants"], wrong["chain"], wrong["rollup"] = broken(), _chain(), _rollup()
    result.wrong = {name: what for name, what in wrong.items() if what}
    result.whistles, result.mails = Whistle.objects.count(), OutboxMail.objects.count()
    result.effects = sum(len(set(writer.effects)) for writer in writers)
    _delays(result)
    return result
