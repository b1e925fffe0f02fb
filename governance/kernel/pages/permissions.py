"""Who changes rules and who reads the trail; reading rules, the calendar and metric cards is for everybody signed in."""

from ..permission import Permission, anywhere, register

CHANGE_RULE, READ_AUDIT = "rule.change", "audit.read"

register(
    Permission(CHANGE_RULE, "调整规则", {"city_office": anywhere}),
    Permission(READ_AUDIT, "查看审计记录", {"auditor": anywhere}),
)
