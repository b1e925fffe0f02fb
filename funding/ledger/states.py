"""What money is for, where it can lie, and which ways it may go (domain-rules 10; ADR 0018)."""

from governance.kernel.ui.choices import StyledChoices


class Fund(StyledChoices):
    """Kinds of public money. They never mix: every journal belongs to one of them."""

    SERVICE_MASS = "service_mass", "服务群众专项经费", "accent", "users"
    VILLAGE = "village_service", "村级专项经费", "success", "home"
    OFFICE = "office", "社区办公经费", "info", "building"
    ERRAND = "errand", "随事经费", "warning", "link"


class AccountKind(StyledChoices):
    """Where money lies. A source shows what was given out as a negative figure; nothing else may go below zero."""

    SOURCE = "source", "财政安排", "neutral", "archive"
    AVAILABLE = "available", "可用额度", "success", "check"
    TRANSIT = "transit", "在途", "info", "clock"
    PROJECT = "project", "项目额度", "accent", "list"
    RESERVED = "reserved", "待付", "warning", "clock"
    PAID = "paid", "已支付", "muted", "check"


class JournalKind(StyledChoices):
    """Why money moves."""

    BUDGET = "budget", "预算安排", "neutral", "archive"
    APPROPRIATE = "appropriate", "分配下达", "accent", "link"
    DISBURSE = "disburse", "拨付", "info", "link"
    ARRIVE = "arrive", "到账", "success", "check"
    BOUNCE = "bounce", "银行退回", "warning", "alert"
    ALLOT = "allot", "项目额度", "accent", "list"
    RELEASE = "release", "额度收回", "neutral", "list"
    RESERVE = "reserve", "申请待付", "warning", "clock"
    UNRESERVE = "unreserve", "撤销待付", "neutral", "clock"
    PAY = "pay", "支付", "success", "check"
    UNPAY = "unpay", "支付退回", "warning", "alert"
    TRANSFER = "transfer", "费随事转", "accent", "link"
    CARRY = "carry", "结转下年", "info", "archive"
    LAPSE = "lapse", "收回财政", "neutral", "archive"
    REVERSAL = "reversal", "红字冲销", "danger", "alert"


class PeriodStatus(StyledChoices):
    """A month is open until it is closed for good."""

    OPEN = "open", "未结账", "info", "clock"
    CLOSED = "closed", "已结账", "muted", "check"


_K = AccountKind
# kind of journal: kinds of accounts that money may leave, kinds that it may enter. The database reads the same table.
MOVES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    JournalKind.BUDGET: ((_K.SOURCE,), (_K.AVAILABLE,)),
    JournalKind.APPROPRIATE: ((_K.AVAILABLE,), (_K.AVAILABLE,)),
    JournalKind.DISBURSE: ((_K.AVAILABLE,), (_K.TRANSIT,)),
    JournalKind.ARRIVE: ((_K.TRANSIT,), (_K.AVAILABLE,)),
    JournalKind.BOUNCE: ((_K.TRANSIT,), (_K.AVAILABLE,)),
    JournalKind.ALLOT: ((_K.AVAILABLE,), (_K.PROJECT,)),
    JournalKind.RELEASE: ((_K.PROJECT,), (_K.AVAILABLE,)),
    JournalKind.RESERVE: ((_K.PROJECT, _K.AVAILABLE), (_K.RESERVED,)),
    JournalKind.UNRESERVE: ((_K.RESERVED,), (_K.PROJECT, _K.AVAILABLE)),
    JournalKind.PAY: ((_K.RESERVED,), (_K.PAID,)),
    JournalKind.UNPAY: ((_K.PAID,), (_K.PROJECT, _K.AVAILABLE)),
    JournalKind.TRANSFER: ((_K.SOURCE,), (_K.AVAILABLE,)),
    JournalKind.CARRY: ((_K.AVAILABLE,), (_K.AVAILABLE,)),
    JournalKind.LAPSE: ((_K.AVAILABLE,), (_K.SOURCE,)),
}
