"""The menu's lines of collection."""

from governance.accounts.roles import DEPT_ROLES
from governance.kernel.actor import Actor
from governance.kernel.ui import menu

from .views.elements import has_place

SECTION = "一表通"


def _has_post(actor: Actor) -> bool:
    return bool(actor.posts)


def _reads(actor: Actor) -> bool:
    return has_place(actor) or bool(actor.posts_in(*DEPT_ROLES))


menu.register(label="一表通", url_name="forms", icon="file", permission=_reads, section=SECTION, order=360)
menu.register(label="本地数据", url_name="facts", icon="chart", permission=has_place, section=SECTION, order=361)
menu.register(label="取数登记", url_name="takings", icon="download", permission=_reads, section=SECTION, order=362)
menu.register(label="数据项目录", url_name="elements", icon="list", permission=_has_post, section=SECTION, order=363)
menu.register(
    label="减表成效", url_name="collection-measures", icon="chart", permission=_has_post, section=SECTION, order=364
)
