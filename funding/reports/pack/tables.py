"""The tables of a pack: each a title, columns and rows in a fixed order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from funding.disclosure.models import Disclosure
from funding.ledger.models import Account, Entry, Journal
from funding.projects.models import Acceptance, Deliberation, PaymentRequest, Project, PublicNotice
from governance.kernel.audit import AuditEvent
from governance.kernel.ui.exports import Sheet
from governance.kernel.ui.views import Column

from .. import sources
from ..scope import Scope


@dataclass(frozen=True)
class Table:
    """One workbook of the pack."""

    path: str
    title: str
    columns: list[Column]
    rows: Callable[[Scope], Iterable]


class PackSheet(Sheet):
    """A sheet that says whose books it is, without the moment: that stands in the manifest."""

    def head(self) -> list[tuple[str, str]]:
        """Title, scope, and whether it is a demonstration."""
        lines = [("标题", self.title), *self.filters]
        return [*lines, ("说明", "演示数据，不代表真实情况")] if self.synthetic else lines


def yuan(name: str, label: str) -> Column:
    """Fen as a number of yuan."""
    return Column(name, label, kind="number", export=lambda row: (Column(name, "").raw(row) or 0) / 100)


def accounts_of(scope: Scope) -> QuerySet[Account]:
    """The scope's accounts."""
    return Account.objects.filter(scope.accounts()).select_related("unit", "community").order_by("id")


def journals_of(scope: Scope) -> QuerySet[Journal]:
    """The journals that touch one of them."""
    legs = Entry.objects.filter(scope.accounts("account__"), journal=OuterRef("pk"))
    return Journal.objects.filter(Exists(legs)).select_related("reverses").order_by("id")


def entries_of(scope: Scope) -> QuerySet[Entry]:
    """The legs on the scope's own accounts."""
    rows = Entry.objects.filter(scope.accounts("account__"))
    return rows.select_related("journal", "account__unit", "account__community").order_by("journal_id", "line")


def disclosures_of(scope: Scope) -> QuerySet[Disclosure]:
    """What was published about the year."""
    rows = Disclosure.objects.filter(scope.within(), end__year=scope.year)
    return rows.select_related("community").defer("snapshot").order_by("community_id", "end", "id")


def projects_of(scope: Scope) -> QuerySet[Project]:
    """The scope's projects."""
    return Project.objects.filter(sources.projects(scope)).select_related("community").order_by("id")


def payments_of(scope: Scope) -> QuerySet[PaymentRequest]:
    """Its requests for payment."""
    rows = PaymentRequest.objects.filter(sources.payments(scope))
    return rows.select_related("community", "project", "supplier").order_by("id")


def of_projects(model) -> Callable[[Scope], QuerySet]:
    """What belongs to the scope's projects."""

    def rows(scope: Scope) -> QuerySet:
        return (
            model.objects.filter(sources.projects(scope, "project__"))
            .select_related("project")
            .order_by("project_id", "id")
        )

    return rows


def threads_of(scope: Scope) -> set[str]:
    """The cases behind the scope's journals (documents) and disclosures."""
    pairs = (
        journals_of(scope).exclude(document_type="").order_by().values_list("document_type", "document_id").distinct()
    )
    threads = {f"{kind}:{pk}" for kind, pk in pairs}
    threads |= {f"project:{pk}" for pk in projects_of(scope).order_by().values_list("pk", flat=True)}
    threads |= {f"paymentrequest:{pk}" for pk in payments_of(scope).order_by().values_list("pk", flat=True)}
    return threads | {f"disclosure:{pk}" for pk in disclosures_of(scope).order_by().values_list("pk", flat=True)}


def events_of(scope: Scope) -> QuerySet[AuditEvent]:
    """The audit trail of those cases, each with its link in the chain."""
    return AuditEvent.objects.filter(thread__in=threads_of(scope)).select_related("seal").order_by("id")


def _seal(name: str) -> Callable:
    return lambda row: getattr(getattr(row, "seal", None), name, "")


TABLES: list[Table] = [
    Table("01-账户.xlsx", "账户", [
        Column("pk", "账户编号", kind="number"), Column("holder", "单位", export=lambda row: str(row.holder), width=24),
        Column("year", "年度", kind="number"), Column("get_fund_display", "经费"), Column("get_kind_display", "性质"),
        Column("function_name", "功能分类", width=28), Column("economic_name", "经济分类", width=24), Column("project", "项目"),
        yuan("balance_fen", "余额（元）"), Column("entries", "分录数", kind="number"),
    ], accounts_of),
    Table("02-凭证.xlsx", "记账凭证", [
        Column("number", "凭证号", width=20), Column("day", "记账日期", kind="date"), Column("get_kind_display", "事由"),
        Column("get_fund_display", "经费"), Column("memo", "摘要", width=40), yuan("amount_fen", "金额（元）"),
        Column("legs", "分录数", kind="number"), Column("document_label", "单据", width=30),
        Column("reverses", "冲销", export=lambda row: str(row.reverses or "")), Column("by_label", "经办"),
        Column("at", "入账时间", kind="datetime"), Column("key", "唯一键", width=30),
    ], journals_of),
    Table("03-分录.xlsx", "分录", [
        Column("journal", "凭证号", export=lambda row: str(row.journal), width=20), Column("line", "行", kind="number"),
        Column("account_id", "账户编号", kind="number"), Column("account", "账户", export=lambda row: str(row.account), width=50),
        yuan("fen", "金额（元）"), yuan("balance_after", "余额（元）"), Column("seq", "账户内序号", kind="number"),
    ], entries_of),
    Table("04-经费公开.xlsx", "经费公开", [
        Column("community.name", "社区（村）"), Column("label", "期间"), Column("get_status_display", "状态"),
        Column("due_on", "公布期限", kind="date"), Column("published_at", "公布时间", kind="datetime"),
        Column("published_label", "公布人"), Column("digest", "散列（SM3）", width=66),
    ], disclosures_of),
    Table("05-项目.xlsx", "项目", [
        Column("number", "编号", width=20), Column("title", "名称", width=30), Column("community.name", "社区（村）"),
        Column("get_category_display", "类别"), Column("get_status_display", "状态"), yuan("budget_fen", "预算（元）"),
        Column("idea_from", "谁提出的", width=30), Column("filed_at", "备案时间", kind="datetime"),
        Column("closed_at", "归档时间", kind="datetime"),
    ], projects_of),
    Table("06-议事.xlsx", "四议", [
        Column("project.number", "项目", width=20), Column("round", "轮次", kind="number"), Column("get_step_display", "议事"),
        Column("held_on", "日期", kind="date"), *(
            Column(name, label, kind="number") for name, label in (
                ("eligible", "应到"), ("present", "实到"), ("agree", "同意"), ("against", "反对"), ("abstain", "弃权"),
            )
        ),
        Column("minutes", "会议记录", width=60), Column("by_label", "记录人"),
    ], of_projects(Deliberation)),
    Table("07-公示.xlsx", "公示", [
        Column("project.number", "项目", width=20), Column("get_kind_display", "公开"), Column("from_on", "起", kind="date"),
        Column("to_on", "止", kind="date"), Column("place", "地点与范围", width=40), Column("words", "居民意见与答复", width=40),
    ], of_projects(PublicNotice)),
    Table("08-验收.xlsx", "验收", [
        Column("project.number", "项目", width=20), Column("held_on", "日期", kind="date"), Column("people", "居民代表", width=30),
        Column("asked", "评议人数", kind="number"), Column("satisfied", "满意人数", kind="number"), Column("passed", "通过"),
        Column("words", "验收意见", width=50),
    ], of_projects(Acceptance)),
    Table("09-支付申请.xlsx", "支付申请", [
        Column("number", "编号", width=20), Column("community.name", "社区（村）"),
        Column("project", "项目", export=lambda row: row.project.number if row.project else ""), Column("get_fund_display", "经费"),
        Column("supplier.name", "收款单位", width=30), Column("code_name", "经济分类", width=24), yuan("amount_fen", "金额（元）"),
        yuan("refunded_fen", "已退回（元）"), Column("purpose", "用途", width=40),
        Column("quotes", "比价家数", export=lambda row: len(row.quotes), kind="number"),
        Column("collective", "集体决策", width=30), Column("get_status_display", "状态"), Column("created_label", "申请"),
        Column("approved_label", "审批"), Column("second_label", "复审"), Column("settled_at", "支付时间", kind="datetime"),
    ], payments_of),
    Table("10-审计记录.xlsx", "审计记录", [
        Column("id", "事件", kind="number"), Column("at", "时间", kind="datetime"), Column("label", "动作"),
        Column("actor_label", "经办"), Column("thread", "所属事项"), Column("from_status", "原状态"), Column("to_status", "新状态"),
        Column("note", "说明", width=40), Column("sequence", "链上序号", export=_seal("sequence"), kind="number"),
        Column("hash", "链上散列（SM3）", export=_seal("hash"), width=66),
    ], events_of),
]  # fmt: skip
