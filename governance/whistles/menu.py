"""The loop's lines in the menu."""

from governance.kernel.actor import Actor
from governance.kernel.permission import permits
from governance.kernel.ui import menu

SECTION = "吹哨报到"


def _may_blow(actor: Actor) -> bool:
    return permits(actor, "whistle.blow")


def _has_post(actor: Actor) -> bool:
    return bool(actor.posts)


menu.register(label="吹哨", url_name="whistle-blow", icon="whistle", permission=_may_blow, section=SECTION, order=20)
menu.register(label="哨单", url_name="whistles", icon="list", permission=_has_post, section=SECTION, order=21)
menu.register(label="部门工单", url_name="tickets", icon="inbox", permission=_has_post, section=SECTION, order=22)
