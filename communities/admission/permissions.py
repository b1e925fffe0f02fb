"""The permission matrix of admission: who applies, who decides, who sends down, who may refuse (domain-rules 2.3)."""

from governance.accounts.roles import Role, in_community, in_street, in_unit
from governance.kernel.permission import Permission, anywhere, register


def of_department(post, obj) -> bool:
    """The row is this department's own."""
    return post.department_id is not None and post.department_id == obj.department_id


def city_wide(post, obj) -> bool:
    """What concerns the whole city, and therefore is no unit's."""
    return obj.unit_id is None


DEPARTMENT = {Role.DEPT_HEAD: of_department, Role.DEPT_HANDLER: of_department}
SOCIAL = {Role.UNIT_SOCIAL: in_unit, Role.CITY_OFFICE: city_wide}  # a district's own affairs, and the city's
RULING = {Role.ADJUDICATOR: in_unit}
COMMUNITY = {Role.COMMUNITY: in_community}
STREET = {Role.STREET_LEADER: in_street, Role.STREET_STAFF: in_street}
CITY = {Role.CITY_OFFICE: anywhere}

register(
    Permission("catalogue.review", "年度评估与起草清单", CITY),
    Permission("catalogue.issue", "印发清单", CITY),
    Permission("application.draft", "申请准入", DEPARTMENT),
    Permission("application.edit", "修改准入申请", DEPARTMENT),
    Permission("application.submit", "提交准入申请", DEPARTMENT),
    Permission("application.declare", "应急先行准入", {Role.DEPT_HEAD: of_department}),
    Permission("application.withdraw", "撤回准入申请", DEPARTMENT),
    Permission("application.appeal", "申请复核", DEPARTMENT),
    Permission("application.check", "形式审查", SOCIAL),
    Permission("application.review", "集体评审", SOCIAL),
    Permission("application.publish", "公示", SOCIAL),
    Permission("application.approve", "批准准入", SOCIAL),
    Permission("application.refuse", "不予准入", SOCIAL),
    Permission("application.opine", "答复征求意见", STREET | COMMUNITY),
    Permission("application.consult", "征求意见期满", SOCIAL, system=True),
    Permission("application.lapse", "应急准入失效", {}, system=True),
    Permission("application.suggest", "转办职责不清建议", RULING | SOCIAL),
    Permission("demand.send", "下达要求", DEPARTMENT),
    Permission("demand.approve", "审批增负说明", SOCIAL),
    Permission("demand.withdraw", "撤回要求", DEPARTMENT, system=True),
    Permission("demand.close", "结束要求", {}, system=True),
    Permission("quota.open", "锁定年度负担额度", CITY, system=True),
    Permission(
        "burden.view",
        "查看部门负担",
        {role: anywhere for role in (*DEPARTMENT, *SOCIAL, Role.UNIT_FINANCE, Role.ADJUDICATOR, Role.AUDITOR)},
    ),
    Permission(
        "target.view", "查看社区待办", {**STREET, **COMMUNITY, Role.GRID_WORKER: in_community, Role.AUDITOR: anywhere}
    ),
    Permission("target.complete", "完成社区待办", COMMUNITY),
    Permission("target.refuse", "依规拒收", COMMUNITY),
    Permission("target.resume", "恢复办理", {}, system=True),
    Permission("target.release", "免除社区待办", {}, system=True),
    Permission("refusal.answer", "答复拒收", DEPARTMENT),
    Permission("refusal.rule", "裁决拒收", RULING),
)
