"""Who may change the territory. Reading is for everybody signed in."""

from governance.kernel.permission import Permission, anywhere, register

IMPORT = "territory.import"

# Roles by value: the roles themselves live above this slice.
register(Permission(IMPORT, "导入区划、部门和节假日", {"system_admin": anywhere, "city_office": anywhere}))
