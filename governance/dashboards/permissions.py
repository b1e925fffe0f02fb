"""Who looks at the dashboard: the city everything, a district itself. Streets and departments have their desks and lists."""

from governance.accounts.roles import UNIT_ROLES, Role, in_unit
from governance.kernel.permission import Permission, anywhere, register

register(
    Permission(
        "dashboard.view", "查看看板",
        {Role.CITY_OFFICE: anywhere, Role.AUDITOR: anywhere} | dict.fromkeys(UNIT_ROLES, in_unit),
    ),
)  # fmt: skip
