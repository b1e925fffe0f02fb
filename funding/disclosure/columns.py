"""Columns of the desk's lists."""

from governance.kernel.ui.views import Column

DISCLOSURE_COLUMNS = [
    Column("label", "期间", primary=True, width=18),
    Column("status", "状态", kind="status", sort="status"),
    Column("community.name", "社区（村）", sort="community__code12", width=24),
    Column("street.name", "街道（乡镇）", sort="street__code12", wide=True, width=20),
    Column("kind", "周期", kind="status", wide=True),
    Column("due_on", "公布期限", kind="date", sort="due_on"),
    Column("published_at", "公布时间", kind="datetime", wide=True),
    Column("published_label", "公布人", wide=True),
]
QUESTION_COLUMNS = [
    Column("text", "问题", primary=True, width=50),
    Column("status", "状态", kind="status", sort="status"),
    Column("community.name", "社区（村）", sort="community__code12", width=24),
    Column("street.name", "街道（乡镇）", sort="street__code12", wide=True),
    Column("asked_at", "提问时间", kind="datetime"),
    Column("due_at", "答复期限", kind="datetime", sort="due_at"),
    Column("answer", "答复", wide=True, width=50),
]
