"""Who may change the territory. Reading is for everybody signed in."""

from governance.kernel.permission import Permission, anywhere, register

IMPORT = "territory.import"
CONTACTS = "department.contacts"

# Roles by value: the roles themselves live above this slice.
register(Permission(IMPORT, "导入区划、部门和节假日", {"system_admin": anywhere, "city_office": anywhere}))


def in_district(post, department) -> bool:
    """The department serves the post's district: its own ones, their stations, and the city's."""
    return department.level == "city" or (post.unit_id is not None and post.unit_id == department.unit_id)


def in_line(post, department) -> bool:
    """The post's own department, what stands under it, and the city's."""
    mine = post.department_id is not None and post.department_id in (department.pk, department.superior_id)
    return mine or department.level == "city"


# Whoever whistles for departments, rules on them or answers beside them; not the communities, which whistle for nobody.
register(
    Permission(
        CONTACTS,
        "查看部门邮箱和电话",
        {
            **dict.fromkeys(("system_admin", "city_office"), anywhere),
            **dict.fromkeys(
                ("street_leader", "street_staff", "unit_social", "adjudicator", "unit_finance"), in_district
            ),
            **dict.fromkeys(("dept_head", "dept_handler"), in_line),
        },
    )
)
