"""Who reports, accepts, handles, verifies, re-routes and blows (domain-rules 5.3). Handling belongs to the level that has it."""

from governance.accounts.roles import Role, in_community, in_street, in_unit
from governance.kernel.permission import Permission, anywhere, register

from .states import HandlingLevel


def _at(level: str, reach):
    return lambda post, obj: obj.level == level and reach(post, obj)


def _either(*tests):
    return lambda post, obj: any(test(post, obj) for test in tests)


def of_department(post, obj) -> bool:
    """The incident was sent to this department."""
    return (
        obj.level == HandlingLevel.DEPARTMENT
        and post.department_id is not None
        and post.department_id == obj.department_id
    )


GRID_AND_COMMUNITY = _either(_at(HandlingLevel.GRID, in_community), _at(HandlingLevel.COMMUNITY, in_community))
STREET = {Role.STREET_LEADER: in_street, Role.STREET_STAFF: in_street}
AT_STREET = {role: _at(HandlingLevel.STREET, in_street) for role in STREET}
COMMUNITY = {Role.COMMUNITY: in_community}
WORKER = {Role.GRID_WORKER: in_community}
DEPARTMENT = {Role.DEPT_HEAD: of_department, Role.DEPT_HANDLER: of_department}
HANDLERS = {
    Role.GRID_WORKER: _at(HandlingLevel.GRID, in_community), Role.COMMUNITY: GRID_AND_COMMUNITY, **AT_STREET,
}  # fmt: skip

register(
    Permission("incident.report", "上报事件", {**WORKER, **COMMUNITY, **STREET}, system=True),
    Permission("incident.accept", "立案", {**COMMUNITY, **STREET}, system=True),
    Permission("incident.dispatch", "派遣事件", {**COMMUNITY, **STREET}, system=True),
    Permission("incident.handle", "处置事件", {**HANDLERS, **DEPARTMENT}),
    Permission("incident.comment", "给事件留言", {**WORKER, **COMMUNITY, **STREET, **DEPARTMENT}),
    Permission("incident.escalate", "上报一级", HANDLERS),
    Permission("incident.verify", "核查事件", {**WORKER, **COMMUNITY, **STREET}),
    Permission("incident.close", "事件结案", {**COMMUNITY, **STREET}),
    Permission("incident.evaluate", "评价处置层级", {**WORKER, **COMMUNITY}),
    Permission("incident.reroute", "改派事件", STREET),
    Permission("incident.blow", "事件转哨单", AT_STREET),
    Permission("incident.follow", "事件随哨单变化", {}, system=True),
    Permission("routing.edit", "修订派遣规则", {Role.UNIT_SOCIAL: in_unit, Role.CITY_OFFICE: anywhere}, system=True),
)
