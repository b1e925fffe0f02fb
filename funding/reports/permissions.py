"""Who reads reports and risks, who makes an audit pack, who prints the budget form (domain-rules 10, A.2)."""

from funding.ledger.permissions import READERS
from governance.accounts.roles import STREET_ROLES, Role, in_street, in_unit
from governance.kernel.permission import Permission, anywhere, register

AUDITING = {
    Role.CITY_OFFICE: anywhere, Role.AUDITOR: anywhere, Role.UNIT_FINANCE: in_unit, **dict.fromkeys(STREET_ROLES, in_street),
}  # fmt: skip

register(
    Permission("funding_report.view", "查看经费报表", READERS),
    Permission("funding_risk.view", "查看经费风险清单", {**AUDITING, Role.UNIT_SOCIAL: in_unit}),
    Permission("audit_pack.make", "导出审计底稿", AUDITING),
    Permission("budget_form.print", "打印预算表、决算表", READERS),
)
