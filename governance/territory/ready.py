"""What the territory registers on start: its permission and its menu."""

from governance.kernel.permission import permits
from governance.kernel.ui import menu

from .permissions import IMPORT


def _signed_in(actor) -> bool:
    return actor.is_authenticated


def _may_import(actor) -> bool:
    return permits(actor, IMPORT)


menu.register(label="区划", url_name="territory", icon="map", permission=_signed_in, section="基础数据", order=800)
menu.register(
    label="部门名录", url_name="departments", icon="building", permission=_signed_in, section="基础数据", order=810
)
menu.register(
    label="数据导入", url_name="imports", icon="upload", permission=_may_import, section="基础数据", order=820
)
