"""The menu's lines of incidents."""

from governance.kernel.ui import menu

from .views.figures import may_read

SECTION = "网格"

menu.register(label="网格事件", url_name="incidents", icon="flag", permission=may_read, section=SECTION, order=342)
menu.register(
    label="事件指标", url_name="incident-figures", icon="chart", permission=may_read, section=SECTION, order=343
)
menu.register(
    label="派遣规则", url_name="routing-rules", icon="repeat", permission=may_read, section=SECTION, order=344
)
