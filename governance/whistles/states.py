"""The choices of the whistle loop (domain-rules 1.2–1.6, 18.1): value, label, colour and icon once."""

from governance.kernel.ui.choices import StyledChoices


class WhistleStatus(StyledChoices):
    """The whistle as a whole; while it runs, its tickets have the details."""

    DRAFT = "draft", "草稿", "muted", "edit"
    PENDING_REVIEW = "pending_review", "待审核", "warning", "eye"
    PENDING_DISPATCH = "pending_dispatch", "待派发", "warning", "arrow-right"
    IN_PROGRESS = "in_progress", "部门办理中", "info", "clock"
    CLOSED = "closed", "已办结", "success", "check"
    ARCHIVED = "archived", "已归档", "muted", "file"
    TERMINATED = "terminated", "已终止", "muted", "info"
    MERGED = "merged", "已并入", "muted", "merge"


class TicketStatus(StyledChoices):
    """One department's ticket."""

    PENDING_SIGN = "pending_sign", "待签收", "warning", "mail"
    DISPUTED = "disputed", "异议裁决中", "warning", "scale"
    PENDING_ARRIVE = "pending_arrive", "待报到", "warning", "map"
    HANDLING = "handling", "办理中", "info", "clock"
    CONSULTING = "consulting", "会商中", "info", "users"
    HUNG = "hung", "挂账中", "muted", "pause"
    PENDING_VERIFY = "pending_verify", "待核实", "warning", "eye"
    PENDING_EVAL = "pending_eval", "待评价", "warning", "star"
    CLOSED = "closed", "已办结", "success", "check"
    REASSIGNED = "reassigned", "已改派", "muted", "repeat"
    TERMINATED = "terminated", "已终止", "muted", "info"
    MERGED = "merged", "已并入", "muted", "merge"


WHISTLE_OPEN = (
    WhistleStatus.DRAFT, WhistleStatus.PENDING_REVIEW, WhistleStatus.PENDING_DISPATCH, WhistleStatus.IN_PROGRESS,
)  # fmt: skip
TICKET_ENDED = (TicketStatus.CLOSED, TicketStatus.REASSIGNED, TicketStatus.TERMINATED, TicketStatus.MERGED)
TICKET_OPEN = tuple(status for status in TicketStatus if status not in TICKET_ENDED)
TICKET_WITH_DEPARTMENT = (
    TicketStatus.PENDING_SIGN, TicketStatus.PENDING_ARRIVE, TicketStatus.HANDLING, TicketStatus.CONSULTING,
)  # fmt: skip


class Scene(StyledChoices):
    """Why the street blows; deadlines depend on it."""

    EMERGENCY = "emergency", "应急处置", "danger", "alert"
    JOINT_ENFORCE = "joint_enforce", "综合执法", "info", "shield"
    HARD_DEMAND = "hard_demand", "群众诉求难点", "accent", "users"
    KEY_WORK = "key_work", "重点工作", "neutral", "flag"


class Tier(StyledChoices):
    """Who has to answer."""

    STREET = "street", "街道哨", "neutral", "street"
    DISTRICT = "district", "区级哨", "info", "building"
    CITY = "city", "市级哨", "accent", "home"


class Source(StyledChoices):
    """Where the street learned of it."""

    GRID = "grid", "网格巡查"
    HOTLINE = "hotline", "12345 热线"
    SUGGESTION = "suggestion", "人民建议"
    COURTYARD = "courtyard", "和合大院"
    PROPERTY = "property", "物业联席会议"
    PATROL = "patrol", "街道巡查"
    LEADER = "leader", "领导交办"


class TicketRole(StyledChoices):
    """The part that a department plays."""

    LEAD = "lead", "主办", "accent", "flag"
    ASSIST = "assist", "协办", "neutral", "users"


class ArriveMode(StyledChoices):
    """How a department reports in."""

    ONSITE = "onsite", "现场到场"
    ONLINE = "online", "线上会商"


class Outcome(StyledChoices):
    """What a department says came of it (CLOSE_TYPE)."""

    SOLVED = "solved", "已解决", "success", "check"
    PARTLY = "partly", "部分解决", "warning", "clock"
    POLICY_EXPLAINED = "policy_explained", "政策解释", "neutral", "info"
    NOT_SUPPORTED = "not_supported", "不予支持", "neutral", "info"


class RulingKind(StyledChoices):
    """How an objection ends (DISPUTE_RULING)."""

    PENDING = "pending", "待裁决", "warning", "scale"
    UPHOLD = "uphold", "维持派单", "info", "check"
    REASSIGN = "reassign", "改派", "accent", "repeat"
    NOT_WHISTLE = "not_whistle", "不成立吹哨", "muted", "info"


class HoldReason(StyledChoices):
    """The only grounds for a hold (domain-rules 1.5)."""

    INVESTMENT = "investment", "需列入年度投资计划"
    LEGISLATION = "legislation", "需上级立法或规划调整"
    LITIGATION = "litigation", "诉讼仲裁中"
    SEASON = "season", "季节性施工"
    FUNDING = "funding", "资金缺口"


class RequestState(StyledChoices):
    """A request that somebody above decides: extension, hold, appeal."""

    REQUESTED = "requested", "待审批", "warning", "clock"
    GRANTED = "granted", "已同意", "success", "check"
    REFUSED = "refused", "未同意", "muted", "info"
    ENDED = "ended", "已结束", "muted", "file"


class HoldEnd(StyledChoices):
    """How a hold is written off."""

    DONE = "done", "已完成"
    CHANGED = "changed", "方案变更"
    WITHDRAWN = "withdrawn", "诉求撤回"


class CardColour(StyledChoices):
    """Supervision cards address the department, never a community (domain-rules 18.3)."""

    YELLOW = "yellow", "黄牌", "warning", "card"
    RED = "red", "红牌", "danger", "card"


class CardReason(StyledChoices):
    """Why a card was shown."""

    OVERDUE = "overdue", "时限逾期"
    LONG_OVERDUE = "long_overdue", "逾期超过一倍时限"
    REWORK = "rework", "核实未通过"
    REPEATED_REWORK = "repeated_rework", "多次返工"
    FALSE_DONE = "false_done", "虚假办结"


class Stage(StyledChoices):
    """The limits of domain-rules 1.4."""

    ACCEPT = "accept", "签收"
    CONTACT = "contact", "联系街道"
    ARRIVE = "arrive", "报到"
    REPLY = "reply", "首次答复"
    FINISH = "finish", "办结"
    EVALUATE = "evaluate", "街道评价"
    RULING = "ruling", "异议裁决"
    EXPLAIN = "explain", "红牌书面说明"
    HOLD_REVIEW = "hold_review", "挂账复核"


class Thoroughly(StyledChoices):
    """Whether the matter is settled for good, as the street saw it."""

    YES = "yes", "彻底解决", "success", "check"
    PARTLY = "partly", "部分解决", "warning", "clock"
    NO = "no", "没有解决", "warning", "alert"


class LowReason(StyledChoices):
    """Why a rating is low; asked for at one or two stars (domain-rules 1.6)."""

    LATE = "late", "报到或办理不及时"
    ABSENT = "absent", "到场不作为"
    SHIFTING = "shifting", "推诿扯皮"
    UNSOLVED = "unsolved", "问题没有解决"
    PROCEDURE = "procedure", "程序或依据不当"
    ATTITUDE = "attitude", "态度生硬"


class ExcuseGround(StyledChoices):
    """Why a ticket counts in no score (domain-rules 1.6)."""

    NO_FAULT = "no_fault", "认定无责"
    FORCE_MAJEURE = "force_majeure", "不可抗力"
