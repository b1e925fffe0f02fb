"""Batches: list, drawing up, one batch with its lines, the bank's file, steps."""

from django.urls import reverse

from governance.kernel.ui.exports import export_response
from governance.kernel.ui.views import ActionView, DetailPage, FormPage, ListPage, ObjectPage

from .. import columns, selectors, services
from ..filters import BatchFilter
from ..forms import BatchForm
from ..models import DisbursementBatch
from ..states import AT_BANK, BatchStatus, LineStatus
from ..workflow import BATCH_FLOW

FOLDER = "funding/appropriations/"


def root_crumb() -> tuple[str, str]:
    """The way back to the batches."""
    return "拨付批次", reverse("disbursements")


class BatchListPage(ListPage):
    """/disbursements/"""

    title, icon, model, permission = "拨付批次", "send", DisbursementBatch, "disbursement.view"
    subtitle = "编制、复核、批准、送银行、回盘；同一笔不会付两次"
    columns, filterset_class = columns.BATCH_COLUMNS, BatchFilter
    empty_title, empty_text = "还没有拨付批次", "经费下达到区县后，由区县编制批次拨付到社区（村）。"

    def get_queryset(self):
        """With the unit."""
        return DisbursementBatch.objects.select_related("unit")

    def actions(self) -> list[dict]:
        """Draw one up."""
        if not self.may("disbursement.make"):
            return []
        return [{"label": "编制批次", "url": reverse("disbursement-new"), "icon": "plus", "primary": True}]


class BatchNew(FormPage):
    """/disbursements/new/"""

    title, icon, permission, form_class = "编制拨付批次", "send", "disbursement.make", BatchForm
    submit_label, success_message = "编制", "批次已编制，请复核。"
    consequence = "只列出明细，不动钱；公开逾期等应当暂缓的社区会列明原因，不在合计内。"

    def form_kwargs(self) -> dict:
        """The actor's unit."""
        return {"actor": self.actor}

    def run(self, form):
        """Draw it up."""
        return services.batch_draft(by=self.actor, **form.content())

    def cancel_url(self) -> str:
        """The list."""
        return reverse("disbursements")

    def crumbs(self) -> list:
        """From the list."""
        return [root_crumb(), (self.title, "")]


class BatchPage(DetailPage):
    """/disbursements/<pk>/"""

    model, flow, icon = DisbursementBatch, BATCH_FLOW, "send"
    template_name = f"{FOLDER}batch.html"

    def get_queryset(self):
        """With its unit."""
        return DisbursementBatch.objects.select_related("unit")

    def crumbs(self) -> list:
        """From the list."""
        return [root_crumb(), (self.object.number, "")]

    def facts(self) -> list:
        """What it pays, who made and approved it."""
        row = self.object
        return [
            ("区县", row.unit), ("年度", f"{row.year} 年"), ("经费", row.get_fund_display()), ("标准", row.measure),
            ("合计", f"{row.count} 笔，{row.total}"), ("编制", row.created_label), ("批准", row.approved_label or "—"),
            ("说明", row.note or "—"),
        ]  # fmt: skip

    def events(self) -> list:
        """What happened to it."""
        return selectors.history(self.object.thread)

    def moves(self) -> list:
        """Settling is an upload, on a page of its own."""
        return [
            {"name": "settle", "label": step.label, "icon": step.icon, "hint": step.hint, "link": True,
             "url": reverse("disbursement-return", args=[self.object.pk])}
            if step.name == "settle" else step
            for step in super().moves()
        ]  # fmt: skip

    def extra_context(self) -> dict:
        """Lines, sums by state, returned files."""
        row = self.object
        lines = list(row.lines.select_related("community", "payee").order_by("number"))
        sums = [
            {"status": status, "count": len(part), **columns.shown(sum(line.amount_fen for line in part))}
            for status in LineStatus
            if (part := [line for line in lines if line.status == status])
        ]
        return {
            "lines": lines, "line_columns": columns.BATCH_LINE_COLUMNS, "sums": sums, "total": columns.shown(row.total_fen),
            "held": [line for line in lines if line.status == LineStatus.HELD],
            "returns": list(row.returns.defer("rows", "errors").order_by("-id")),
            "may_file": row.status in (*AT_BANK, BatchStatus.SETTLED) and self.may("disbursement.make", row),
            "may_redraft": row.status == BatchStatus.DRAFT and self.may("disbursement.make", row),
        }  # fmt: skip


class BatchAction(ActionView):
    """/disbursements/<pk>/actions/<action>/"""

    model, flow = DisbursementBatch, BATCH_FLOW
    messages_by_action = {"export": "已送银行并记账为在途，可以下载拨付文件。", "approve": "已批准，可以送银行。"}

    def get_queryset(self):
        """With its unit."""
        return DisbursementBatch.objects.select_related("unit")

    def run(self, action, note, version):
        """The step with what belongs to it."""
        return services.batch_step(batch=self.object, action=action, by=self.actor, note=note, version=version)


class BatchRedraft(ActionView):
    """/disbursements/<pk>/actions/redraft/"""

    model, action = DisbursementBatch, "redraft"
    messages_by_action = {"redraft": "已重新编制。"}

    def run(self, action, note, version):
        """Draw the lines up anew."""
        return services.batch_redraft(batch=self.object, by=self.actor)


class BankFile(ObjectPage):
    """/disbursements/<pk>/file/: POST, because every access is written into the audit trail."""

    model, object_permission = DisbursementBatch, "disbursement.make"
    http_method_names = ["post"]

    def get_queryset(self):
        """With its unit."""
        return DisbursementBatch.objects.select_related("unit")

    def post(self, request, pk):
        """The workbook with whole account numbers."""
        return export_response(services.bank_file(batch=self.object, by=self.actor), "xlsx")
