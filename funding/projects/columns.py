"""Columns of the lists."""

from funding.ledger.views import money
from governance.kernel.ui.views import Column

PROJECT_COLUMNS = [
    Column("number", "编号", kind="code", wide=True, width=26),
    Column("title", "项目", primary=True, width=36),
    Column("status", "状态", kind="status", sort="status"),
    Column("community", "社区（村）", width=20),
    Column("category", "类别", kind="status", wide=True),
    Column("get_fund_display", "经费", wide=True, width=20),
    money("budget_fen", "预算（元）", sort="budget_fen"),
    Column("created_at", "登记时间", kind="datetime", wide=True, sort="created_at"),
]
PAYMENT_COLUMNS = [
    Column("number", "编号", kind="code", wide=True, width=26),
    Column("purpose", "用途", primary=True, width=36),
    Column("status", "状态", kind="status", sort="status"),
    Column("supplier", "收款单位", width=28),
    Column("community", "社区（村）", wide=True, width=20),
    Column("project", "项目", wide=True, render=lambda row: row.project.title if row.project else row.get_fund_display(),
           export=lambda row: row.project.title if row.project else row.get_fund_display(), width=30),
    money("amount_fen", "金额（元）", sort="amount_fen"),
    Column("created_at", "申请时间", kind="datetime", wide=True, sort="created_at"),
]  # fmt: skip
SUPPLIER_COLUMNS = [
    Column("name", "收款单位", url=lambda row: f"/payments/?q={row.name}", width=36),
    Column("bank", "开户行", width=28),
    Column("masked", "账号"),
    Column("community", "社区（村）", width=20),
]
