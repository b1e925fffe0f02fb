"""The permission matrix of collection: departments build forms and take data, communities answer and correct."""

from communities.admission.permissions import DEPARTMENT, SOCIAL
from governance.accounts.roles import Role, in_community
from governance.kernel.permission import Permission, anywhere, register

CITY = {Role.CITY_OFFICE: anywhere}

register(
    Permission("element.revise", "修订数据项", CITY, system=True),
    Permission("fact.feed", "推送数据", DEPARTMENT, system=True),
    Permission("fact.correct", "更正数据", {Role.COMMUNITY: in_community}),
    Permission("fact.take", "取数", DEPARTMENT),
    Permission("form.draft", "起草表格", DEPARTMENT),
    Permission("form.edit", "修改表格", DEPARTMENT),
    Permission("form.submit", "报请审批表格", DEPARTMENT),
    Permission("form.approve", "审批超限表格", SOCIAL),
    Permission("form.dispatch", "下发表格", DEPARTMENT),
    Permission("form.release", "表格额度获批", {}, system=True),
    Permission("form.join", "并入表格", DEPARTMENT),
    Permission("form.reopen", "并入的表撤回后退回起草", {}, system=True),
    Permission("form.summarise", "汇总表格", DEPARTMENT, system=True),
    Permission("form.withdraw", "撤回表格", DEPARTMENT, system=True),
    Permission("form.retire", "表格退役", {}, system=True),
)
