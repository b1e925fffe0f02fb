"""The menu's lines of projects and payments."""

from governance.kernel.ui import menu

SECTION = "经费"

menu.register(
    label="服务群众项目", url_name="projects", icon="list", permission="project.view", section=SECTION, order=56
)
menu.register(label="支付申请", url_name="payments", icon="coin", permission="project.view", section=SECTION, order=57)
