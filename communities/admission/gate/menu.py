"""Menu lines of demands, refusals and the burden ledger."""

from governance.accounts.roles import COMMUNITY_ROLES, DEPT_ROLES, STREET_ROLES, UNIT_ROLES, Role
from governance.kernel.actor import Actor
from governance.kernel.ui import menu

SECTION = "减负准入"
READERS = (*COMMUNITY_ROLES, *DEPT_ROLES, *STREET_ROLES, *UNIT_ROLES, Role.CITY_OFFICE, Role.AUDITOR)


def reads(actor: Actor) -> bool:
    """Whoever may find a demand in the list."""
    return bool(actor.posts_in(*READERS))


menu.register(label="社区待办", url_name="targets", icon="inbox", permission="target.view", section=SECTION, order=30)
menu.register(label="下行要求", url_name="demands", icon="list", permission=reads, section=SECTION, order=31)
menu.register(label="依规拒收", url_name="refusals", icon="shield", permission=reads, section=SECTION, order=32)
menu.register(
    label="本社区负担", url_name="burden-weeks", icon="calendar", permission="target.view", section=SECTION, order=33
)
menu.register(
    label="部门负担账本", url_name="burden", icon="chart", permission="burden.view", section=SECTION, order=34
)
