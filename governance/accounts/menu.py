"""The menu's lines of this slice."""

from governance.kernel.ui import menu

from .permissions import MANAGE, READ

menu.register(label="工作台", url_name="desk", icon="desk", order=1)
menu.register(label="用户", url_name="users", icon="users", permission=READ, section="三员管理", order=900)
menu.register(label="任职", url_name="appointments", icon="building", permission=READ, section="三员管理", order=910)
menu.register(label="登录锁定", url_name="locked", icon="lock", permission=MANAGE, section="三员管理", order=920)
