"""Who does what with a project: the community proposes and pays from it, the street reviews, the unit files and pays out."""

from governance.accounts.roles import Role, in_community, in_street, in_unit
from governance.kernel.permission import Permission, anywhere, register

COMMUNITY = {Role.COMMUNITY: in_community}
STREET = {Role.STREET_LEADER: in_street}
FINANCE = {Role.UNIT_FINANCE: in_unit}
READERS = {
    Role.CITY_OFFICE: anywhere, Role.AUDITOR: anywhere, Role.UNIT_FINANCE: in_unit, Role.UNIT_SOCIAL: in_unit,
    Role.STREET_LEADER: in_street, Role.STREET_STAFF: in_street, Role.COMMUNITY: in_community,
}  # fmt: skip

register(
    Permission("project.view", "查看项目", READERS),
    Permission("project.draft", "提出项目", COMMUNITY),
    Permission("project.deliberate", "记录议事", COMMUNITY),
    Permission("project.publish", "公示与报送", COMMUNITY),
    Permission("project.accept", "记录验收", COMMUNITY),
    Permission("project.review", "审核项目", STREET),
    Permission("project.return", "退回项目", STREET | FINANCE),
    Permission("project.file", "备案并下达额度", FINANCE),
    Permission("finding.appeal", "就“七不用”申诉", COMMUNITY),
    Permission("finding.rule", "裁定“七不用”申诉", FINANCE),
    Permission("finding.clear", "修改后消除", COMMUNITY, system=True),
    Permission("payment.ask", "申请支付", COMMUNITY),
    Permission("payment.approve", "审批支付", STREET),
    Permission("payment.second", "复审大额支付", STREET | FINANCE),
    Permission("payment.pay", "确认支付", FINANCE),
    Permission("payment.refund", "登记退款", FINANCE),
    Permission("payment.refunded", "确认退款", STREET | FINANCE),
    Permission("payment.cancel", "取消支付申请", COMMUNITY | STREET),
    Permission("supplier.set", "登记收款单位", COMMUNITY),
)
