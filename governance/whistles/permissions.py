"""The permission matrix of the loop: who may do what, where (domain-rules A.2)."""

from governance.accounts.roles import Role, in_community, in_street, in_unit
from governance.kernel.permission import Permission, anywhere, register


def of_department(post, obj) -> bool:
    """The ticket is this department's or its station's."""
    return post.department_id is not None and post.department_id in (obj.department_id, obj.station_id)


STREET = {Role.STREET_LEADER: in_street, Role.STREET_STAFF: in_street}
LEADER = {Role.STREET_LEADER: in_street}
DEPARTMENT = {Role.DEPT_HEAD: of_department, Role.DEPT_HANDLER: of_department}
RULING = {Role.ADJUDICATOR: in_unit}
OVERSIGHT = {Role.UNIT_SOCIAL: in_unit, Role.CITY_OFFICE: anywhere}
SCORE_READERS = (*STREET, *DEPARTMENT, *RULING, *OVERSIGHT, Role.UNIT_FINANCE, Role.AUDITOR)

register(
    Permission("whistle.blow", "吹哨", STREET),
    Permission("whistle.edit", "修改哨单", STREET),
    Permission("whistle.submit", "提交审核", STREET),
    Permission("whistle.review", "审核哨单", LEADER),
    Permission("whistle.dispatch", "派发哨单", STREET),
    Permission("whistle.merge", "合并哨单", STREET),
    Permission("whistle.close", "办结哨单", {}, system=True),
    Permission("whistle.archive", "归档哨单", {}, system=True),
    Permission("ticket.answer", "办理工单", DEPARTMENT),
    Permission("ticket.rule", "裁决异议", RULING),
    Permission("ticket.decide_hold", "审批挂账", RULING | OVERSIGHT),
    Permission("ticket.decide_extension", "审批延期", LEADER),
    Permission("ticket.verify", "核实办结", STREET),
    Permission("ticket.rate", "评价部门", STREET),
    Permission("ticket.lapse", "到期未评", {}, system=True),
    Permission("ticket.follow", "随哨单终止", STREET | RULING, system=True),
    Permission("ticket.escalate", "督办", OVERSIGHT, system=True),
    Permission("ticket.comment", "留言", STREET | DEPARTMENT | RULING | OVERSIGHT | {Role.COMMUNITY: in_community}),
    Permission("rating.appeal", "申诉评价", DEPARTMENT),
    Permission("rating.rule_appeal", "裁决评价申诉", RULING),
    Permission("card.revoke", "撤销督办牌", RULING),
    Permission("score.excuse", "认定无责或不可抗力", RULING),
    Permission("score.view", "查看部门计分", {role: anywhere for role in SCORE_READERS}),
    Permission("score.release", "开启季度评价", {Role.CITY_OFFICE: anywhere}, system=True),
    Permission("assessment.view", "查看部门年度考核", {Role.CITY_OFFICE: anywhere, Role.AUDITOR: anywhere}),
    Permission("assessment.enter", "录入本级业务分", {Role.CITY_OFFICE: anywhere}),
    Permission("card.explain", "提交红牌说明", DEPARTMENT),
    Permission("mail.quarantine", "处理隔离邮件", {Role.CITY_OFFICE: anywhere, Role.SYSTEM_ADMIN: anywhere}),
    Permission("mail.outbox", "处理未送达邮件", {Role.CITY_OFFICE: anywhere, Role.SYSTEM_ADMIN: anywhere}),
)
