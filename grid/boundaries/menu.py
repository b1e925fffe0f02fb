"""The menu's lines of the grids."""

from governance.kernel.actor import Actor
from governance.kernel.ui import menu

SECTION = "网格"


def _signed_in(actor: Actor) -> bool:
    return actor.is_authenticated


menu.register(label="网格", url_name="grids", icon="grid", permission=_signed_in, section=SECTION, order=340)
menu.register(label="我的网格员", url_name="my-grid", icon="user", permission=_signed_in, section=SECTION, order=341)
