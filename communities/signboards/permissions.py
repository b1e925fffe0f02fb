"""Who registers, checks, clears and runs campaigns (domain-rules 3). A community may look and propose, and has to do nothing."""

from communities.admission.permissions import COMMUNITY, DEPARTMENT, STREET
from governance.accounts.roles import Role, in_unit
from governance.kernel.permission import Permission, anywhere, register

SOCIAL = {Role.UNIT_SOCIAL: in_unit}
READERS = (Role.CITY_OFFICE, Role.UNIT_SOCIAL, Role.UNIT_FINANCE, Role.AUDITOR, Role.STREET_LEADER)

register(
    Permission("signboard.register", "登记牌子", STREET),
    Permission("signboard.check", "核实牌子", STREET | SOCIAL),
    Permission("signboard.remove", "摘除牌子", DEPARTMENT),
    Permission("signboard.photo", "上传牌子照片", DEPARTMENT),
    Permission("signboard.propose", "提出牌子处理意见", COMMUNITY),
    Permission("signboard.import", "导入牌子", STREET | SOCIAL),
    Permission("signboard.report", "查看清牌报表", {role: anywhere for role in READERS}),
    Permission("signboard_list.issue", "印发牌子名录", {Role.CITY_OFFICE: anywhere}),
    Permission("signboard_audit.run", "组织牌子核查", SOCIAL, system=True),
    Permission("signboard_audit.judge", "填写牌子处理意见", STREET | SOCIAL),
    Permission("rectification.press", "督办整改", SOCIAL),
    Permission("rectification.finish", "确认整改完成", STREET | SOCIAL, system=True),
    Permission("recheck.answer", "回潮复查", STREET | SOCIAL),
)
