"""What rating and scores register on start: metric cards and menu lines."""

from governance.kernel.permission import permits
from governance.kernel.ui import menu

from .. import metric_cards  # noqa: F401

SECTION = "评价计分"


def _may_read(actor) -> bool:
    return permits(actor, "score.view")


def _may_assess(actor) -> bool:
    return permits(actor, "assessment.view")


menu.register(label="部门计分", url_name="scorecards", icon="chart", permission=_may_read, section=SECTION, order=40)
menu.register(label="一哨一评", url_name="ratings", icon="star", permission=_may_read, section=SECTION, order=41)
menu.register(
    label="评价申诉", url_name="rating-appeals", icon="scale", permission=_may_read, section=SECTION, order=42
)
menu.register(label="年度考核", url_name="assessments", icon="flag", permission=_may_assess, section=SECTION, order=43)
