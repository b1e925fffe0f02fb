"""Who calculates, approves, disburses and closes (domain-rules 10, A.2). The community reads; nothing is ever asked of it."""

from governance.accounts.roles import Role, in_community, in_street, in_unit
from governance.kernel.permission import Permission, anywhere, register

CITY = {Role.CITY_OFFICE: anywhere}
FINANCE = {Role.UNIT_FINANCE: in_unit}
READERS = {
    Role.CITY_OFFICE: anywhere, Role.AUDITOR: anywhere, Role.UNIT_FINANCE: in_unit, Role.UNIT_SOCIAL: in_unit,
    Role.STREET_LEADER: in_street, Role.STREET_STAFF: in_street, Role.COMMUNITY: in_community,
}  # fmt: skip
UPPER = {role: reach for role, reach in READERS.items() if role in
         (Role.CITY_OFFICE, Role.AUDITOR, Role.UNIT_FINANCE, Role.UNIT_SOCIAL)}  # fmt: skip

register(
    Permission("entitlement.view", "查看应得经费", READERS),
    Permission("entitlement.run_view", "查看经费核定", UPPER),
    Permission("entitlement.calculate", "测算经费", CITY | FINANCE),
    Permission("entitlement.approve", "批准经费核定", CITY),
    Permission("entitlement.appropriate", "下达经费", CITY),
    Permission("disbursement.view", "查看拨付批次", UPPER),
    Permission("disbursement.make", "编制拨付批次", FINANCE),
    Permission("disbursement.approve", "批准拨付批次", CITY | FINANCE),
    Permission("disbursement.settle", "登记银行回盘", FINANCE),
    Permission("payee.set", "登记收款账户", FINANCE),
    Permission("year_close.apply", "年末结转收回", CITY),
)
