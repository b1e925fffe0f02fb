"""Columns of the grid list."""

from datetime import timedelta

from django.urls import reverse

from governance.kernel.ui.formats import local
from governance.kernel.ui.views import Column
from governance.territory.columns import HOUSEHOLDS


def _worker(grid) -> str:
    """The full-time worker's name; wants ``workers`` at hand."""
    return grid.workers[0].name if grid.workers else "空缺"


def _shape(grid) -> str:
    """What is known of the boundary."""
    shape = getattr(grid, "shape", None)
    return "没有边界" if shape is None else "示意" if shape.is_sketch else "实测"


GRID_COLUMNS = [
    Column("name", "网格", primary=True, width=26),
    Column("code15", "网格编码", sort="code15"),
    Column("kind", "类型", kind="status"),
    Column("community.name", "社区（村）", sort="community__code12"),
    Column("street.name", "街道（乡镇）", sort="street__code12", wide=True),
    Column("worker", "专职网格员", render=_worker),
    HOUSEHOLDS,
    Column("shape", "边界", render=_shape, wide=True),
]


def _as_it_was(row) -> str:
    """The community's boundaries on the last day of an earlier one, as a file; "" for one that saw no day's end."""
    last = local(row.valid_to).date() - timedelta(days=1)
    if local(row.valid_from).date() > last:
        return ""
    return f"{reverse('grid-export')}?community={row.grid.code15[:12]}&on={last}"


FORMER_COLUMNS = [
    Column(
        "valid_from",
        "起",
        primary=True,
        render=lambda row: f"{local(row.valid_from):%Y-%m-%d %H:%M}",
        url=lambda row: "",
    ),
    Column("valid_to", "止", render=lambda row: f"{local(row.valid_to):%Y-%m-%d %H:%M}"),
    Column("area", "面积", render=lambda row: f"{row.area_m2 / 10_000:,.1f} 公顷"),
    Column("is_sketch", "边界", render=lambda row: "示意" if row.is_sketch else "实测"),
    Column("source", "来源"),
    Column("file", "当时的边界", render=lambda row: "下载" if _as_it_was(row) else "当日又改", url=_as_it_was),
]


def _term(row: dict) -> str:
    """From when to when."""
    post = row["post"]
    return f"{post.valid_from} 起" + (f"，{post.valid_to} 止" if post.valid_to else "")


POST_COLUMNS = [
    Column("name", "姓名", primary=True, url=lambda row: ""),
    Column("role", "身份"),
    Column("phone", "工作电话"),
    Column("term", "任期", render=_term),
    Column("end", "操作", render=lambda row: "结束" if row["end_url"] else "—", url=lambda row: row["end_url"]),
]
