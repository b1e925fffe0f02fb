"""The choices of an application (domain-rules 2.3)."""

from governance.kernel.ui.choices import StyledChoices


class ApplicationStatus(StyledChoices):
    """Where an application stands; what follows is always somebody's next step."""

    DRAFT = "draft", "草稿", "neutral", "edit"
    CHECKING = "checking", "形式审查", "info", "eye"
    CORRECTING = "correcting", "退回补正", "warning", "reply"
    CONSULTING = "consulting", "征求意见", "info", "users"
    REVIEWING = "reviewing", "集体评审", "info", "scale"
    PUBLICITY = "publicity", "公示中", "accent", "flag"
    IN_FORCE = "in_force", "已生效", "success", "check"
    REFUSED = "refused", "不予准入", "muted", "info"
    APPEALING = "appealing", "复核中", "warning", "gavel"
    EMERGENCY = "emergency", "应急生效", "warning", "alert"
    LAPSED = "lapsed", "已失效", "muted", "clock"
    WITHDRAWN = "withdrawn", "已撤回", "muted", "reply"


S = ApplicationStatus
PUBLIC = (S.PUBLICITY, S.IN_FORCE, S.EMERGENCY)
WITH_SOCIAL = (S.CHECKING, S.REVIEWING, S.APPEALING)
RUNNING = (S.CHECKING, S.CORRECTING, S.CONSULTING, S.REVIEWING, S.PUBLICITY, S.APPEALING)


class Stage(StyledChoices):
    """Whose limit runs: names of the deadlines."""

    CHECK = "check", "形式审查时限"
    CORRECT = "correct", "补正时限"
    CONSULT = "consult", "征求意见时限"
    REVIEW = "review", "评审时限"
    PUBLICITY = "publicity", "公示期"
    EMERGENCY = "emergency", "应急期限"


class Stand(StyledChoices):
    """What a street or community thinks of an application."""

    AGREE = "agree", "同意", "success", "check"
    DISAGREE = "disagree", "不同意", "warning", "info"


class Body(StyledChoices):
    """Who takes part in the joint review (domain-rules 2.3)."""

    SOCIAL = "social", "社会工作部"
    CIVIL = "civil", "民政局"
    ORGANISATION = "organisation", "组织部"
    FINANCE = "finance", "财政局"
    JUSTICE = "justice", "司法局"
    ESTABLISHMENT = "establishment", "编办"
