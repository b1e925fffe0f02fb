"""Columns of the office's list."""

from governance.kernel.ui.views import Column

DATASET_COLUMNS = [
    Column("title", "名称", primary=True, width=36),
    Column("status", "状态", kind="status", sort="status"),
    Column("source_label", "数据类别", wide=True),
    Column("institution", "申请单位", sort="institution", width=24),
    Column("start", "起", kind="date", sort="start", wide=True),
    Column("end", "止", kind="date", sort="end", wide=True),
    Column("finding", "检核", render=lambda row: "通过" if row.finding.get("passed") else "未通过"),
    Column("row_count", "行数", kind="number", wide=True),
    Column("published_at", "发布时间", kind="datetime", sort="published_at", wide=True),
]
