"""Columns of the register's lists."""

from django.urls import reverse

from governance.kernel.ui.views import Column

from .states import Material, Position, RectificationReason, SignboardClass


def _basis(row) -> str:
    """The list's entry or the admission number."""
    return row.item.code if row.item_id else (row.entry.name if row.entry_id else "—")


BOARD_COLUMNS = [
    Column("name", "牌子", primary=True, sort="name", width=28),
    Column("status", "状态", kind="status", sort="status"),
    Column("community.name", "社区（村）", sort="community__code12"),
    Column("street.name", "街道（乡镇）", sort="street__code12", wide=True),
    Column("department.short_name", "责任部门", sort="department__code"),
    Column("klass", "类型", render=lambda row: SignboardClass(row.entry.klass).label if row.entry_id else "名录外"),
    Column("basis", "名录条目或准入号", render=_basis, wide=True, width=24),
    Column("size", "规格（长×宽）", wide=True),
    Column("position", "位置", render=lambda row: Position(row.position).label, wide=True),
    Column("material", "材质", render=lambda row: Material(row.material).label, wide=True),
    Column("first_hung_on", "首次挂牌", kind="date", sort="first_hung_on", wide=True),
]
LIST_COLUMNS = [
    Column("year", "年度", render=lambda row: str(row), primary=True, sort="year", export=lambda row: row.year),
    Column("place", "适用对象", kind="status"),
    Column("cap", "上限（块）", kind="number"),
    Column("in_force_from", "施行日期", kind="date"),
    Column("document", "印发文件", wide=True),
]
ENTRY_COLUMNS = [
    Column("code", "代码", url=lambda row: ""),
    Column("name", "牌子", primary=True, url=lambda row: ""),
    Column("klass", "类型", kind="status"),
    Column("get_trade_display", "通常责任条线", wide=True),
]
AUDIT_COLUMNS = [
    Column("number", "编号", kind="code", primary=True, sort="number"),
    Column("title", "名称", width=30),
    Column("kind", "类型", kind="status", sort="kind"),
    Column("status", "状态", kind="status", sort="status"),
    Column("unit.short_name", "区县", sort="unit__code"),
    Column("lines", "牌子", kind="number"),
    Column("due_on", "完成期限", kind="date", sort="due_on"),
]
ITEM_COLUMNS = [
    Column("board.name", "牌子", primary=True, sort="board__name", width=28),
    Column("community.name", "社区（村）", sort="community__code12"),
    Column("department.short_name", "责任部门", sort="department__code"),
    Column("suggestion", "建议", kind="status", sort="suggestion"),
    Column("reason", "理由", wide=True, width=34),
    Column("merge_into.name", "并入", wide=True),
    Column("verdict", "处理意见", kind="status", sort="verdict"),
    Column("board.proposal", "社区意见", wide=True, width=30),
    Column("board.get_status_display", "牌子现状", wide=True),
]
AUDIT_LINES = [ITEM_COLUMNS[index] for index in (0, 1, 2, 3, 6)]  # beside the campaign's facts
RECTIFICATION_COLUMNS = [
    Column("number", "编号", kind="code", primary=True, sort="number"),
    Column("status", "状态", kind="status", sort="status"),
    Column("reason", "原因", render=lambda row: RectificationReason(row.reason).label),
    Column("department.short_name", "责任部门", sort="department__code"),
    Column("street.name", "街道（乡镇）", sort="street__code12"),
    Column("content", "要求", wide=True, width=50),
    Column("due_on", "整改期限", kind="date", sort="due_on"),
]
RECHECK_COLUMNS = [
    Column("board.name", "牌子", primary=True, sort="board__name", width=28),
    Column("status", "状态", kind="status", sort="status"),
    Column("community.name", "社区（村）", sort="community__code12"),
    Column("department.short_name", "责任部门", sort="department__code"),
    Column("due_on", "复查日期", kind="date", sort="due_on"),
]
PLACE_COLUMNS = [
    Column("name", "地区", primary=True),
    Column("found", "摸底数", kind="number"),
    Column("kept", "保留数", kind="number"),
    Column("removed", "清理数", kind="number"),
    Column("waiting", "待清理与违规", kind="number"),
    Column(
        "rate",
        "清理率（%）",
        kind="number",
        render=lambda row: "暂无" if row.rate is None else f"{row.rate:g}",
        export=lambda row: row.rate,
    ),
]
DEPARTMENT_COLUMNS = [
    Column("label", "责任部门", primary=True, width=30),
    Column("count", "违规牌子", kind="number"),
]


def items_url(audit) -> str:
    """The lines of a campaign."""
    return f"{reverse('signboard-audit-items')}?audit={audit.pk}"
