"""The states of projects, their findings and payments (domain-rules 10.2)."""

from funding.ledger.states import Fund
from governance.kernel.ui.choices import StyledChoices


class ProjectStatus(StyledChoices):
    """From a resident's idea by 四议两公开 to the archive."""

    IDEA = "idea", "居民提议", "neutral", "edit"
    PROPOSED = "proposed", "党组织已提议", "info", "users"
    CONSULTED = "consulted", "两委已商议", "info", "users"
    DELIBERATED = "deliberated", "党员大会已审议", "info", "users"
    RESOLVED = "resolved", "居民会议已决议", "accent", "gavel"
    PUBLICISED = "publicised", "决议公示中", "info", "eye"
    REVIEWING = "reviewing", "待街道审核", "warning", "clock"
    FILING = "filing", "待区县备案", "warning", "clock"
    IMPLEMENTING = "implementing", "实施中", "accent", "settings"
    ACCEPTED = "accepted", "已验收", "success", "check"
    FINAL = "final", "决算公示中", "info", "eye"
    ARCHIVED = "archived", "已归档", "muted", "archive"
    WITHDRAWN = "withdrawn", "已撤回", "muted", "info"
    TERMINATED = "terminated", "已终止", "muted", "info"


class Category(StyledChoices):
    """What the money is for: the categories that Suzhou and Xuzhou use."""

    PARTY = "party", "党建服务", "accent", "users"
    WELFARE = "welfare", "公益服务", "success", "home"
    SELF_RULE = "self_rule", "居民自治", "info", "users"
    ENVIRONMENT = "environment", "环境整治", "success", "map"
    SAFETY = "safety", "平安建设", "warning", "shield"
    CULTURE = "culture", "文体活动", "info", "star"
    OTHER = "other", "其他服务", "neutral", "list"


class Step(StyledChoices):
    """四议: the four deliberations, in their order."""

    PROPOSE = "propose", "党组织提议", "info", "users"
    CONSULT = "consult", "两委会商议", "info", "users"
    DELIBERATE = "deliberate", "党员大会审议", "info", "users"
    RESOLVE = "resolve", "居民（村民）会议决议", "accent", "gavel"


class Notice(StyledChoices):
    """两公开: the decision, and what became of it."""

    DECISION = "decision", "决议公开", "info", "eye"
    FINAL = "final", "实施结果公开", "info", "eye"


class FindingStatus(StyledChoices):
    """A sign that service money might be spent on what it may not (七不用)."""

    OPEN = "open", "待处理", "warning", "alert"
    APPEALED = "appealed", "已申诉", "info", "clock"
    ALLOWED = "allowed", "申诉成立", "success", "check"
    UPHELD = "upheld", "不予列支", "danger", "alert"
    CLEARED = "cleared", "已修改", "muted", "check"


class PaymentStatus(StyledChoices):
    """A payment from the request to the bank's answer."""

    DRAFT = "draft", "填写中", "neutral", "edit"
    SUBMITTED = "submitted", "待街道审批", "warning", "clock"
    SECOND = "second", "待第二人审批", "warning", "users"
    APPROVED = "approved", "待支付", "accent", "clock"
    PAID = "paid", "已支付", "success", "check"
    BOUNCED = "bounced", "银行退回", "warning", "reply"
    REFUNDED = "refunded", "已退款", "muted", "reply"
    CANCELLED = "cancelled", "已取消", "muted", "info"


class RefundStatus(StyledChoices):
    """Money that a payee gives back: posted at once, or when a second person has confirmed it."""

    WAITING = "waiting", "待第二人确认", "warning", "users"
    POSTED = "posted", "已入账", "success", "check"
    REFUSED = "refused", "不予入账", "muted", "info"


PROJECT_FUNDS = (Fund.SERVICE_MASS, Fund.VILLAGE)
PROJECT_FUND_CHOICES = [(fund.value, fund.label) for fund in PROJECT_FUNDS]
RURAL = ("villagers", "like_villagers")
BEFORE_MONEY = (
    ProjectStatus.IDEA, ProjectStatus.PROPOSED, ProjectStatus.CONSULTED, ProjectStatus.DELIBERATED, ProjectStatus.RESOLVED,
    ProjectStatus.PUBLICISED, ProjectStatus.REVIEWING, ProjectStatus.FILING,
)  # fmt: skip
PAYMENT_OPEN = (PaymentStatus.SUBMITTED, PaymentStatus.SECOND, PaymentStatus.APPROVED)
BLOCKING = (FindingStatus.OPEN, FindingStatus.APPEALED, FindingStatus.UPHELD)
