"""The choices of incidents (domain-rules 5.3): value, label, colour and icon once."""

from governance.kernel.ui.choices import StyledChoices


class IncidentStatus(StyledChoices):
    """The seven steps: report, accept, dispatch, handle, verify, close, evaluate; and the ways out."""

    REPORTED = "reported", "待立案", "warning", "inbox"
    ACCEPTED = "accepted", "待派遣", "warning", "arrow-right"
    HANDLING = "handling", "处置中", "info", "clock"
    VERIFYING = "verifying", "待核查", "warning", "eye"
    VERIFIED = "verified", "待结案", "info", "check"
    CLOSED = "closed", "已结案", "success", "check"
    EVALUATED = "evaluated", "已评价", "success", "star"
    WHISTLED = "whistled", "已吹哨", "accent", "whistle"
    REJECTED = "rejected", "不予立案", "muted", "info"


OPEN = (
    IncidentStatus.REPORTED, IncidentStatus.ACCEPTED, IncidentStatus.HANDLING, IncidentStatus.VERIFYING,
    IncidentStatus.VERIFIED, IncidentStatus.WHISTLED,
)  # fmt: skip


class HandlingLevel(StyledChoices):
    """Who settles it: the nearest that can."""

    GRID = "grid", "网格", "success", "map"
    COMMUNITY = "community", "社区", "success", "home"
    STREET = "street", "街道", "info", "street"
    DEPARTMENT = "department", "区县部门", "accent", "building"


LADDER = (HandlingLevel.GRID, HandlingLevel.COMMUNITY, HandlingLevel.STREET, HandlingLevel.DEPARTMENT)


class Door(StyledChoices):
    """How it was reported."""

    WEB = "web", "网页", "neutral", "edit"
    PHONE = "phone", "手机", "neutral", "phone"
    API = "api", "接口", "neutral", "link"
    OPEN311 = "open311", "Open311", "neutral", "link"


class MoveKind(StyledChoices):
    """How it was taken from whoever had it."""

    SENT_BACK = "sent_back", "退回", "warning", "reply"
    REROUTED = "rerouted", "改派", "warning", "repeat"


class Limit(StyledChoices):
    """Which of the rules' time limits holds for handling."""

    URGENT = "urgent", "紧急", "danger", "alert"
    NORMAL = "normal", "一般", "info", "clock"
    LONG = "long", "复杂", "neutral", "calendar"


class Verdict(StyledChoices):
    """What the reporting side says of the level that handled it; never of a person."""

    GOOD = "good", "解决得好", "success", "check"
    FAIR = "fair", "基本解决", "info", "check"
    POOR = "poor", "没有解决好", "warning", "info"
