"""Admission's lines in the menu."""

from governance.kernel.actor import Actor
from governance.kernel.ui import menu

SECTION = "减负准入"


def _has_post(actor: Actor) -> bool:
    return bool(actor.posts)


menu.register(
    label="准入事项", url_name="admission-items", icon="list", permission=_has_post, section=SECTION, order=33
)
menu.register(label="清单各版", url_name="catalogues", icon="archive", permission=_has_post, section=SECTION, order=34)
menu.register(label="准入申请", url_name="applications", icon="inbox", permission=_has_post, section=SECTION, order=35)
