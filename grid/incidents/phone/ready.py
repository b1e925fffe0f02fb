"""What reporting by telephone registers on start."""

from governance.accounts import desks
from governance.accounts.roles import COMMUNITY_ROLES
from governance.kernel.permission import permits
from governance.kernel.ui import menu

menu.register(
    label="上报", url_name="report", icon="phone", permission=lambda actor: permits(actor, "incident.report"),
    section="网格", order=339,
)  # fmt: skip
desks.shortcut("上报", "report", "phone", COMMUNITY_ROLES)
