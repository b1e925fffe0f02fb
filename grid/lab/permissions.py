"""Who composes, publishes and withdraws open data: the city office. The auditor looks on; reading what is published needs nobody."""

from governance.accounts.roles import Role
from governance.kernel.permission import Permission, anywhere, register

CITY = {Role.CITY_OFFICE: anywhere}

register(
    Permission("open_data.view", "查看开放数据草稿", CITY | {Role.AUDITOR: anywhere}),
    Permission("open_data.compose", "编制开放数据", CITY),
    Permission("open_data.publish", "发布开放数据", CITY),
    Permission("open_data.withdraw", "撤回开放数据", CITY),
)
