"""The words of disclosure: periods, where a disclosure stands, what became of a question."""

from governance.kernel.ui.choices import StyledChoices


class PeriodKind(StyledChoices):
    """How often a community publishes (村组法 30 条): busy accounts by the month, others by the quarter."""

    MONTH = "month", "月度", "info", "calendar"
    QUARTER = "quarter", "季度", "neutral", "calendar"


class DisclosureStatus(StyledChoices):
    """A period's disclosure. Only the overdue one has a consequence: the next disbursement waits."""

    DUE = "due", "待公布", "info", "clock"
    PUBLISHED = "published", "已公布", "success", "check"
    OVERDUE = "overdue", "逾期未公布", "danger", "alert"


class QuestionStatus(StyledChoices):
    """A resident's question; shown in public when it is answered."""

    ASKED = "asked", "待答复", "info", "help"
    ANSWERED = "answered", "已答复", "success", "check"
    DECLINED = "declined", "不予公开", "muted", "info"


OPEN = (DisclosureStatus.DUE, DisclosureStatus.OVERDUE)
