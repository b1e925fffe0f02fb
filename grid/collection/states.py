"""The choices of collection (domain-rules 5.4): themes, kinds of value, where a value comes from, who may have it, a form's life."""

from governance.kernel.ui.choices import StyledChoices


class Theme(StyledChoices):
    """The six themes of the data catalogue."""

    POPULATION = "population", "人口", "info", "users"
    HOUSING = "housing", "房屋", "neutral", "home"
    UNIT = "unit", "单位", "neutral", "building"
    ORGANISATION = "organisation", "组织", "accent", "users"
    FACILITY = "facility", "设施", "neutral", "settings"
    EVENT = "event", "事件", "warning", "alert"


class Kind(StyledChoices):
    """What a value looks like; the kind decides what it costs to fill in by hand (domain-rules 18.4)."""

    CHOICE = "choice", "选择"
    NUMBER = "number", "数字"
    SHORT = "short", "短文本"
    LONG = "long", "长文本"
    DATE = "date", "日期"
    FILE = "file", "材料"


WEIGHT_OF = {
    Kind.CHOICE: "choice", Kind.NUMBER: "number", Kind.SHORT: "short", Kind.LONG: "long", Kind.DATE: "number",
    Kind.FILE: "attachment",
}  # fmt: skip


class Source(StyledChoices):
    """Source of record: a system or a department's API feeds it, or only the community knows."""

    SYSTEM = "system", "业务系统", "success", "settings"
    DEPARTMENT = "department", "部门接口", "success", "link"
    NONE = "none", "无源字段", "warning", "edit"


class Frequency(StyledChoices):
    """How often the source brings a new value."""

    DAILY = "daily", "每日"
    MONTHLY = "monthly", "每月"
    QUARTERLY = "quarterly", "每季度"
    YEARLY = "yearly", "每年"


class Sharing(StyledChoices):
    """Who may take it without asking a community."""

    OPEN = "open", "无条件共享", "success", "eye"
    CONDITIONAL = "conditional", "有条件共享", "info", "scale"
    RESTRICTED = "restricted", "不予共享", "muted", "shield"


class Sensitivity(StyledChoices):
    """What personal data lies behind the figure; the figure itself is always one of a whole community."""

    NONE = "none", "不涉及个人信息"
    AGGREGATE = "aggregate", "个人信息的汇总", "info", "users"
    SENSITIVE = "sensitive", "敏感个人信息的汇总", "warning", "shield"


class Origin(StyledChoices):
    """How a fact came in."""

    SYSTEM = "system", "系统", "success", "settings"
    API = "api", "部门接口", "success", "link"
    FORM = "form", "社区填表", "info", "edit"
    COMMUNITY = "community", "社区更正", "accent", "check"


BY_HAND = (Origin.FORM, Origin.COMMUNITY)


class FormStatus(StyledChoices):
    """A form's life (domain-rules 5.4)."""

    DRAFT = "draft", "起草", "neutral", "edit"
    PENDING = "pending", "超限待批", "warning", "eye"
    APPROVED = "approved", "已批待派", "info", "check"
    WAITING = "waiting", "额度待批", "warning", "clock"
    COLLECTING = "collecting", "填报中", "info", "inbox"
    ANSWERED = "answered", "自动应答", "success", "check"
    SUMMARISED = "summarised", "已汇总", "success", "chart"
    JOINED = "joined", "已并入", "muted", "repeat"
    WITHDRAWN = "withdrawn", "已撤回", "muted", "reply"
    RETIRED = "retired", "已退役", "muted", "archive"


OPEN_FORMS = (FormStatus.WAITING, FormStatus.COLLECTING)
SENT_FORMS = (FormStatus.COLLECTING, FormStatus.SUMMARISED)
WITH_ANSWERS = (
    FormStatus.COLLECTING,
    FormStatus.SUMMARISED,
    FormStatus.ANSWERED,
    FormStatus.JOINED,
    FormStatus.RETIRED,
)


class Reason(StyledChoices):
    """Why a field was taken off a form, or was not."""

    KNOWN = "known", "已有有效数据", "success", "check"
    AUTOMATIC = "automatic", "由源部门系统提供", "success", "settings"
    ASKED = "asked", "十二个月内已人工填过", "info", "repeat"
    MANUAL = "manual", "需要社区填写", "warning", "edit"
