"""Columns of the territory's lists."""

from django.urls import reverse

from governance.kernel.ui.views import Column


def _households(row):
    """Households with thousands apart."""
    return "—" if row.households is None else f"{row.households:,}"


HOUSEHOLDS = Column("households", "户数", kind="number", render=_households, export=lambda row: row.households)

UNIT_COLUMNS = [
    Column("short_name", "管理单元", primary=True),
    Column("code", "代码", sort="code"),
    Column("kind", "类型", kind="status"),
    Column("streets", "街道（乡镇）", kind="number"),
    Column("communities", "社区（村）", kind="number"),
    HOUSEHOLDS,
    Column("note", "说明", wide=True),
]
DIVISION_COLUMNS = [
    Column("name", "名称", primary=True),
    Column("code12", "区划代码", width=16),
    Column("type_label", "类型"),
    Column("unit", "管理单元", wide=True),
]
STREET_COLUMNS = [*DIVISION_COLUMNS, Column("communities", "社区（村）", kind="number")]
COMMUNITY_COLUMNS = [*DIVISION_COLUMNS[:3], HOUSEHOLDS, Column("grid_count", "网格", kind="number")]
GRID_COLUMNS = [
    Column("name", "名称", primary=True),
    Column("code15", "网格编码"),
    Column("kind", "类型", kind="status"),
    HOUSEHOLDS,
]
DEPARTMENT_COLUMNS = [
    Column("short_name", "部门", primary=True),
    Column("level", "层级", kind="status"),
    Column("get_kind_display", "条线"),
    Column("unit", "管理单元", export=lambda row: str(row.unit or "")),
    Column("superior", "条（上级部门）", wide=True, export=lambda row: str(row.superior or "")),
    Column("street", "块（街道）", export=lambda row: str(row.street or "")),
    Column("is_active", "启用"),
]
CONTACT_COLUMNS = [Column("email", "邮箱", width=32, wide=True), Column("phone", "电话")]
DEPARTMENT_EXPORT = [
    Column("code", "代码", width=20),
    Column("name", "名称", width=36),
    *DEPARTMENT_COLUMNS,
]
STATION_COLUMNS = [column for column in DEPARTMENT_COLUMNS if column.name not in ("level", "unit", "street")]
LINE_COLUMNS = [column for column in DEPARTMENT_COLUMNS if column.name not in ("level", "get_kind_display", "superior")]
BATCH_COLUMNS = [
    Column("filename", "文件", primary=True, width=36),
    Column("kind", "类型", kind="status"),
    Column("status", "状态", kind="status"),
    Column("summary.rows", "行数", kind="number"),
    Column("errors", "错误", kind="number", render=lambda row: len(row.errors), export=lambda row: len(row.errors)),
    Column("created_at", "上传时间", kind="datetime"),
    Column("applied_at", "导入时间", kind="datetime"),
]
ERROR_COLUMNS = [
    Column("row", "行", kind="number"),
    Column("column", "列", render=lambda error: error["column"] or "整行"),
    Column("value", "填写内容"),
    Column("message", "错误", primary=True),
]


def department_list_url(**filters: str) -> str:
    """The department list with filters set."""
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return f"{reverse('departments')}?{query}"
