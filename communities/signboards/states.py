"""The choices of signboards (domain-rules 3.2): value, label, colour and icon once."""

from governance.kernel.ui.choices import StyledChoices


class SignboardClass(StyledChoices):
    """Why a board may hang."""

    STATUTORY = "statutory", "法定", "accent", "scale"
    WORK = "work", "工作需要", "info", "users"
    HONOUR = "honour", "荣誉", "neutral", "star"


class Position(StyledChoices):
    """Where it hangs."""

    OUTSIDE = "outside", "大门外竖挂"
    GATE = "gate", "大门旁横挂"
    HALL = "hall", "大厅内"
    ROOM = "room", "室内门牌"
    WINDOW = "window", "窗口"
    EXHIBIT = "exhibit", "展陈"


class Material(StyledChoices):
    """What it is made of."""

    WOOD = "wood", "木质"
    METAL = "metal", "金属"
    ACRYLIC = "acrylic", "亚克力"
    PVC = "pvc", "PVC"
    OTHER = "other", "其他"


class SignboardStatus(StyledChoices):
    """A board's life."""

    REGISTERED = "registered", "在册", "success", "check"
    TO_CLEAR = "to_clear", "待清理", "warning", "clock"
    REMOVED = "removed", "已摘除", "muted", "archive"
    UNADMITTED = "unadmitted", "违规", "warning", "alert"
    DOUBTFUL = "doubtful", "存疑", "neutral", "help"


HANGING = (SignboardStatus.REGISTERED, SignboardStatus.TO_CLEAR, SignboardStatus.UNADMITTED, SignboardStatus.DOUBTFUL)
FIRST_STATES = (
    SignboardStatus.REGISTERED,
    SignboardStatus.UNADMITTED,
    SignboardStatus.TO_CLEAR,
    SignboardStatus.DOUBTFUL,
)


class AuditKind(StyledChoices):
    """What a campaign looks at."""

    SELF_CHECK = "self_check", "全面自查", "info", "list"
    SPOT_CHECK = "spot_check", "随机抽查", "accent", "eye"
    LOOK_BACK = "look_back", "回头看", "warning", "repeat"


class AuditStatus(StyledChoices):
    """摸底登记 → 比对名录 → 公示 → 整改 → 验收 → 长效."""

    REGISTERING = "registering", "摸底登记", "info", "edit"
    COMPARING = "comparing", "比对名录", "info", "search"
    PUBLICITY = "publicity", "公示中", "accent", "eye"
    RECTIFYING = "rectifying", "整改中", "warning", "clock"
    ACCEPTING = "accepting", "待验收", "warning", "check"
    MAINTAINED = "maintained", "长效管理", "success", "shield"
    CLOSED = "closed", "已结束", "muted", "archive"
    CANCELLED = "cancelled", "已取消", "muted", "info"


class Verdict(StyledChoices):
    """What becomes of one board; a look-back asks whether a removed one hangs again."""

    KEEP = "keep", "保留", "success", "check"
    MERGE = "merge", "合并", "info", "merge"
    REMOVE = "remove", "摘除", "warning", "archive"
    CLEAN = "clean", "未回潮", "success", "check"
    REAPPEARED = "reappeared", "已回潮", "warning", "repeat"


CHECK_VERDICTS = (Verdict.KEEP, Verdict.MERGE, Verdict.REMOVE)
LOOK_BACK_VERDICTS = (Verdict.CLEAN, Verdict.REAPPEARED)
CLEARING_VERDICTS = (Verdict.MERGE, Verdict.REMOVE)


class RectificationReason(StyledChoices):
    """Why a department gets a rectification."""

    OVER_CAP = "over_cap", "超过上限"
    UNADMITTED = "unadmitted", "无准入号"
    AUDIT = "audit", "核查清理"
    REAPPEARED = "reappeared", "回潮"


class RectificationStatus(StyledChoices):
    """督办 → 通报 are for what does not get done, or came back."""

    OPEN = "open", "待整改", "warning", "clock"
    PRESSED = "pressed", "已督办", "warning", "bell"
    NOTIFIED = "notified", "已通报", "warning", "flag"
    DONE = "done", "已整改", "success", "check"
    WITHDRAWN = "withdrawn", "已撤销", "muted", "info"


RECTIFICATION_OPEN = (RectificationStatus.OPEN, RectificationStatus.PRESSED, RectificationStatus.NOTIFIED)


class RecheckStatus(StyledChoices):
    """The look again after a removal."""

    WAITING = "waiting", "待复查", "info", "clock"
    CLEAN = "clean", "未回潮", "success", "check"
    REAPPEARED = "reappeared", "已回潮", "warning", "repeat"
