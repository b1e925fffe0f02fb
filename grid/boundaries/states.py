"""The choices of the grids: who serves one, and in which role."""

from governance.kernel.ui.choices import StyledChoices


class PostKind(StyledChoices):
    """一格一专职，兼职若干 (domain-rules 5.2)."""

    FULL_TIME = "full_time", "专职", "accent", "map"
    PART_TIME = "part_time", "兼职", "neutral", "users"


class PostRole(StyledChoices):
    """Who it is, in the words of the reform."""

    WORKER = "worker", "专职网格员", "accent", "map"
    BUILDING_HEAD = "building_head", "楼长", "info", "home"
    PROPERTY = "property", "物业", "neutral", "building"
    VOLUNTEER = "volunteer", "志愿者", "neutral", "users"


HELPER_ROLES = (PostRole.BUILDING_HEAD, PostRole.PROPERTY, PostRole.VOLUNTEER)


class PlaceReason(StyledChoices):
    """What became of looking up a point."""

    INSIDE = "inside", "在网格内", "success", "check"
    BORDER = "border", "在网格边界上", "info", "info"
    OUTSIDE = "outside", "不在任何网格内", "warning", "alert"
