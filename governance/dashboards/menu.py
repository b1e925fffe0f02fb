"""The dashboard's line in the menu."""

from governance.kernel.ui import menu

menu.register(
    label="看板", url_name="dashboard", icon="chart", permission="dashboard.view", section="吹哨报到", order=10
)
