"""What the properties of a feature mean."""

from governance.kernel.sheets import SheetColumn
from governance.territory.choices import GridKind

COLUMNS = (
    SheetColumn("code15", "网格编码", "code", max_length=15, help="15 位；新网格留空，由系统按从西到东、从北到南编号", sample="210202008001001"),
    SheetColumn("community", "社区代码", "code", max_length=12, help="12 位；有网格编码时可省略", sample="210202008001"),
    SheetColumn("name", "名称", max_length=60, help="新网格必填；已有网格留空则不变", sample="上海社区第1网格"),
    SheetColumn("kind", "类型", help="base 基础网格、special 专属网格、community 社区边界"),
    SheetColumn("households", "户数", "whole", help="留空则不变"),
    SheetColumn("unit_grid_code", "单元网格编码", "code", max_length=15, help="数字城管的 15 位编码，有则填；留空则不变"),
    SheetColumn("is_sketch", "示意", "flag", help="true 为示意，留空为实测"),
    SheetColumn("ended", "停用", "flag", help="true 为停用这个网格：编码不再使用，岗位同时结束，不需要边界"),
    SheetColumn("source", "来源", max_length=120, help="谁在何时绘制"),
    SheetColumn("shape", "边界", required=True, help="Polygon 或 MultiPolygon，WGS 84 经纬度，经度在前"),
)  # fmt: skip
COMMUNITY = "community"
KINDS = (*GridKind.values, COMMUNITY)
