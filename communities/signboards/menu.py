"""The menu's lines of the signboards."""

from governance.kernel.actor import Actor
from governance.kernel.permission import permits
from governance.kernel.ui import menu

SECTION = "清牌瘦身"


def _has_post(actor: Actor) -> bool:
    return bool(actor.posts)


def _checks(actor: Actor) -> bool:
    return permits(actor, "recheck.answer")


def _reads(actor: Actor) -> bool:
    return permits(actor, "signboard.report")


menu.register(label="牌子登记", url_name="signboards", icon="flag", permission=_has_post, section=SECTION, order=240)
menu.register(
    label="牌子核查", url_name="signboard-audits", icon="search", permission=_checks, section=SECTION, order=241
)
menu.register(label="整改单", url_name="rectifications", icon="alert", permission=_has_post, section=SECTION, order=242)
menu.register(
    label="回潮复查", url_name="signboard-rechecks", icon="repeat", permission=_checks, section=SECTION, order=243
)
menu.register(
    label="清牌报表", url_name="signboard-report", icon="chart", permission=_reads, section=SECTION, order=244
)
