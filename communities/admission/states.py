"""The choices of admission (domain-rules 2.2, 2.3, 18.1): value, label, colour and icon once."""

from governance.kernel.ui.choices import StyledChoices


class Place(StyledChoices):
    """For which kind of community: residents' committees are urban, villagers' committees rural."""

    URBAN = "urban", "城市社区", "info", "building"
    RURAL = "rural", "农村（村）", "success", "home"


class ItemClass(StyledChoices):
    """Why a community does it, or that it must not be asked to."""

    STATUTORY = "statutory", "依法履职", "accent", "scale"
    ASSIST = "assist", "依法协助", "info", "users"
    FORBIDDEN = "forbidden", "负面禁入", "danger", "alert"


class ItemForm(StyledChoices):
    """The shape in which work reaches a community."""

    TASK = "task", "工作任务", "neutral", "list"
    MECHANISM = "mechanism", "机构机制", "neutral", "users"
    SIGNBOARD = "signboard", "挂牌", "neutral", "flag"
    REPORT = "report", "报表台账", "neutral", "file"
    SURVEY = "survey", "调查统计", "neutral", "chart"
    INSPECTION = "inspection", "检查考核", "neutral", "eye"
    CONTEST = "rating", "创建评比", "neutral", "star"
    CERTIFICATE = "certificate", "证明", "neutral", "file"
    APP_GROUP = "app_group", "APP与群组", "neutral", "phone"


FORMS_WITH_MARKS = (ItemForm.REPORT, ItemForm.SURVEY)


class Handling(StyledChoices):
    """The community's part in an item."""

    LEAD = "lead", "牵头"
    ASSIST = "assist", "协助"
    KNOW = "know", "知晓"


class BasisMark(StyledChoices):
    """Whether the basis is in force in Dalian or serves as a model from elsewhere."""

    DALIAN = "dalian", "大连适用", "success", "check"
    ELSEWHERE = "elsewhere", "外地参考", "muted", "info"


class Term(StyledChoices):
    """How long an item is meant to last."""

    LONG = "long", "长期"
    TEMPORARY = "temporary", "临时"


class CatalogueStatus(StyledChoices):
    """A version of the list: next year's draft, what is in force, what has been replaced."""

    DRAFT = "draft", "草案", "warning", "edit"
    IN_FORCE = "in_force", "现行", "success", "check"
    REPLACED = "replaced", "已被替代", "muted", "repeat"


class DemandStatus(StyledChoices):
    """A department's demand as a whole; each community answers for itself."""

    PENDING_APPROVAL = "pending_approval", "增负说明待批", "warning", "eye"
    SENT = "sent", "已下达", "info", "arrow-right"
    WITHDRAWN = "withdrawn", "已撤回", "muted", "reply"
    DECLINED = "declined", "未获批准", "muted", "info"
    CLOSED = "closed", "已结束", "success", "check"


class TargetStatus(StyledChoices):
    """One community's part of a demand."""

    OPEN = "open", "待办理", "info", "inbox"
    DONE = "done", "已完成", "success", "check"
    REFUSED = "refused", "已拒收", "warning", "shield"
    RELEASED = "released", "已免除", "muted", "info"


class RefusalStatus(StyledChoices):
    """A refusal: the department withdraws or amends, or it goes to ruling."""

    FILED = "filed", "待部门答复", "warning", "mail"
    WITHDRAWN = "withdrawn", "部门已撤回", "success", "check"
    AMENDED = "amended", "部门已修改", "success", "edit"
    IN_RULING = "in_ruling", "裁决中", "warning", "scale"
    UPHELD = "upheld", "拒收成立", "success", "shield"
    OVERRULED = "overruled", "拒收不成立", "muted", "info"


class RefusalReason(StyledChoices):
    """Why a community refuses; the legal basis of each is a policy rule (``admission.refusal_basis.<value>``)."""

    OVER_FREQUENCY = "over_frequency", "超过频次上限"
    NOT_LISTED = "not_listed", "与准入事项不符"
    MARKS_EXPIRED = "marks_expired", "缺四要素或超过有效期"
    UNFUNDED = "unfunded", "应随事的经费未到位"
    OVERLAP = "overlap", "与已报内容重复"
    FORBIDDEN = "forbidden", "属于禁入事项"
