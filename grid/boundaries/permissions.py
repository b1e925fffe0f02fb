"""Who draws boundaries and appoints grid workers. Looking is open: 网格信息公示 (domain-rules 5.1)."""

from governance.accounts.roles import Role, in_community, in_street, in_unit
from governance.kernel.permission import Permission, anywhere, register

STREET = {Role.STREET_LEADER: in_street, Role.STREET_STAFF: in_street}
SOCIAL = {Role.UNIT_SOCIAL: in_unit}

register(
    Permission("grid.draw", "导入网格边界", {**SOCIAL, Role.CITY_OFFICE: anywhere}, system=True),
    Permission("grid_post.appoint", "任命专职网格员", {**STREET, **SOCIAL}, system=True),
    Permission("grid_helper.appoint", "聘请兼职网格员", {**STREET, Role.COMMUNITY: in_community}, system=True),
    Permission("grid.supervise", "公布网格监督电话", STREET, system=True),
)
