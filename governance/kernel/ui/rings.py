"""The ring that shows how much of a deadline is left."""

from dataclasses import dataclass
from datetime import datetime

from governance.kernel.clock import now as present

from .formats import datetime_cn, duration_cn

# Half and a fifth of the time left: the eye is drawn before the deadline, not after. Display only; cards and
# escalation have their own rules.
YELLOW_RATIO, ORANGE_RATIO = 0.5, 0.2
FINISHED = {
    "met": ("按时完成", "met", "check"),
    "missed": ("逾期完成", "missed", "alert"),
    "none": ("无时限", "none", "clock"),
}


@dataclass(frozen=True)
class Ring:
    """What a ring shows.

    ``percent`` of the time left (0–100), a ``tone`` (calm, yellow, orange, overdue, paused, met, missed, none) and
    its words.
    """

    percent: int
    tone: str
    text: str
    icon: str
    due_at: datetime | None = None
    started_at: datetime | None = None
    running: bool = False

    @property
    def dash(self) -> str:
        """The stroke pattern on a circle whose path length is 100; an overdue ring is drawn full."""
        return "100 0" if self.tone == "overdue" else f"{self.percent} {100 - self.percent}"

    @property
    def title(self) -> str:
        """The words with the deadline itself, for a tooltip and a screen reader."""
        return f"{self.text}，时限 {datetime_cn(self.due_at)}" if self.due_at else self.text


def ring(
    due_at: datetime | None, started_at: datetime | None = None, state: str = "running", now: datetime | None = None
) -> Ring:
    """Work out the ring of a deadline; ``state`` is running, paused, met or missed.

    Without ``started_at`` a running ring is full until due.
    """
    now = now or present()
    if state in FINISHED or due_at is None:
        text, tone, icon = FINISHED.get(state, FINISHED["none"])
        return Ring(100 if tone == "met" else 0, tone, text, icon, due_at, started_at)
    left = (due_at - now).total_seconds()
    total = (due_at - started_at).total_seconds() if started_at else 0
    ratio = 1.0 if total <= 0 else min(1.0, max(0.0, left / total))
    percent = round(ratio * 100)
    if state == "paused":
        return Ring(percent, "paused", "已暂停", "pause", due_at, started_at)
    if left <= 0:
        return Ring(0, "overdue", f"已逾期 {duration_cn(left)}", "alert", due_at, started_at, running=True)
    tone = "orange" if ratio <= ORANGE_RATIO else "yellow" if ratio <= YELLOW_RATIO else "calm"
    return Ring(percent, tone, f"剩 {duration_cn(left)}", "clock", due_at, started_at, running=True)
