"""The states of runs, batches, their lines and returned files."""

from funding.ledger.states import Fund
from governance.kernel.ui.choices import StyledChoices


class RunKind(StyledChoices):
    """An annual run grants the year; a supplementary one the difference after changes within the year."""

    ANNUAL = "annual", "年度核定", "accent", "calendar"
    SUPPLEMENT = "supplement", "补充核定", "info", "plus"


class RunStatus(StyledChoices):
    """An entitlement run from calculation to the end of its year."""

    DRAFT = "draft", "测算中", "neutral", "edit"
    SUBMITTED = "submitted", "待批准", "warning", "eye"
    APPROVED = "approved", "已批准", "info", "check"
    APPROPRIATED = "appropriated", "已下达", "success", "send"
    CLOSED = "closed", "已结清", "muted", "archive"
    VOID = "void", "已作废", "muted", "info"


class BatchStatus(StyledChoices):
    """A disbursement batch from draft to the bank's last word."""

    DRAFT = "draft", "编制中", "neutral", "edit"
    CHECKED = "checked", "已复核", "info", "eye"
    APPROVED = "approved", "已批准", "accent", "check"
    EXPORTED = "exported", "已送银行", "info", "send"
    PARTLY_RETURNED = "partly_returned", "部分回盘", "warning", "clock"
    SETTLED = "settled", "已结清", "success", "check"
    CANCELLED = "cancelled", "已取消", "muted", "info"


class LineStatus(StyledChoices):
    """One community's part of a batch."""

    PLANNED = "planned", "待拨", "neutral", "clock"
    HELD = "held", "暂缓", "warning", "alert"
    SENT = "sent", "在途", "info", "send"
    ARRIVED = "arrived", "已到账", "success", "check"
    BOUNCED = "bounced", "银行退回", "warning", "reply"
    DROPPED = "dropped", "未拨", "muted", "info"


class ReturnStatus(StyledChoices):
    """A file that came back from the bank."""

    PREVIEW = "preview", "待确认", "warning", "eye"
    REFUSED = "refused", "有错误", "danger", "alert"
    APPLIED = "applied", "已入账", "success", "check"


GRANTED = (RunStatus.APPROVED, RunStatus.APPROPRIATED, RunStatus.CLOSED)
PAYABLE = (RunStatus.APPROPRIATED, RunStatus.CLOSED)
OPEN_RUNS = (RunStatus.DRAFT, RunStatus.SUBMITTED)
COUNTING = (LineStatus.PLANNED, LineStatus.SENT, LineStatus.ARRIVED)
AT_BANK = (BatchStatus.EXPORTED, BatchStatus.PARTLY_RETURNED)
# Errand money follows demands, not a yearly entitlement.
ENTITLED_FUNDS = (Fund.SERVICE_MASS, Fund.VILLAGE, Fund.OFFICE)
ENTITLED_CHOICES = [(fund.value, fund.label) for fund in ENTITLED_FUNDS]
