"""The roles of the reform (domain-rules A.2) and the reach of a post over things that carry unit, street, community columns."""

from governance.kernel.actor import Post
from governance.kernel.ui.choices import StyledChoices


class Role(StyledChoices):
    """A role says what a person may do; the appointment says where."""

    CITY_OFFICE = "city_office", "市领导小组办公室", "accent", "home"
    UNIT_SOCIAL = "unit_social", "区县社会工作部", "accent", "users"
    UNIT_FINANCE = "unit_finance", "区县组织部/财政局", "accent", "chart"
    ADJUDICATOR = "adjudicator", "区级裁决组", "accent", "gavel"
    DEPT_HEAD = "dept_head", "部门负责人", "info", "building"
    DEPT_HANDLER = "dept_handler", "部门承办人", "info", "building"
    STREET_LEADER = "street_leader", "街道书记/主任", "success", "street"
    STREET_STAFF = "street_staff", "街道综合指挥中心", "success", "whistle"
    COMMUNITY = "community", "社区书记/主任", "success", "home"
    GRID_WORKER = "grid_worker", "网格员", "success", "map"
    BUILDING_HEAD = "building_head", "楼长/议事会成员", "neutral", "users"
    LIAISON = "liaison", "驻区单位联络员", "neutral", "link"
    SYSTEM_ADMIN = "system_admin", "系统管理员", "neutral", "settings"
    SECURITY_ADMIN = "security_admin", "安全保密员", "neutral", "shield"
    AUDITOR = "auditor", "安全审计员", "neutral", "eye"


THREE_ADMINS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
UNIT_ROLES = (Role.UNIT_SOCIAL, Role.UNIT_FINANCE, Role.ADJUDICATOR)
STREET_ROLES = (Role.STREET_LEADER, Role.STREET_STAFF)
DEPT_ROLES = (Role.DEPT_HEAD, Role.DEPT_HANDLER)
COMMUNITY_ROLES = (Role.COMMUNITY, Role.GRID_WORKER)


def in_unit(post: Post, obj: object) -> bool:
    """The object lies in the post's management unit."""
    return post.unit_id is not None and post.unit_id == obj.unit_id


def in_street(post: Post, obj: object) -> bool:
    """The object lies in the post's street."""
    return post.street_id is not None and post.street_id == obj.street_id


def in_community(post: Post, obj: object) -> bool:
    """The object lies in the post's community."""
    return post.community_id is not None and post.community_id == obj.community_id
