"""The bank's returned files: upload, preview row by row, post."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from funding.ledger.money import yuan
from governance.kernel.sheet_files import WORKBOOK, errors_workbook
from governance.kernel.ui.views import ActionView, DetailPage, FormPage, ObjectPage

from .. import columns, services
from ..bankfile import AMOUNT, fen_of
from ..forms import ReturnForm
from ..models import BankReturn, DisbursementBatch
from ..states import ReturnStatus
from .batches import root_crumb

FOLDER = "funding/appropriations/"


class ReturnUpload(FormPage):
    """/disbursements/<pk>/return/"""

    model, icon, object_permission = DisbursementBatch, "upload", "disbursement.settle"
    title, form_class, submit_label = "登记银行回盘", ReturnForm, "上传并预览"
    consequence = "只读取并逐行核对，确认之前不记任何账；有一行不对，整个文件都不登记。"

    def get_queryset(self):
        """With its unit."""
        return DisbursementBatch.objects.select_related("unit")

    def run(self, form):
        """Read and judge."""
        return services.return_preview(by=self.actor, batch=self.object, upload=form.cleaned_data["file"])

    def crumbs(self) -> list:
        """From the batch."""
        return [root_crumb(), (self.object.number, self.object.get_absolute_url()), (self.title, "")]


class ReturnPage(DetailPage):
    """/disbursements/returns/<pk>/"""

    model, icon = BankReturn, "upload"
    template_name = f"{FOLDER}return.html"

    def get_queryset(self):
        """With its batch."""
        return BankReturn.objects.select_related("batch__unit")

    def crumbs(self) -> list:
        """From the batch."""
        batch = self.object.batch
        return [root_crumb(), (batch.number, batch.get_absolute_url()), (self.object.filename, "")]

    def facts(self) -> list:
        """What came."""
        row = self.object
        return [
            ("批次", row.batch.number, row.batch.get_absolute_url()), ("文件", row.filename), ("文件散列", row.digest[:16]),
            ("到账", f"{row.arrived} 笔"), ("退回", f"{row.bounced} 笔"), ("上传", row.created_label),
        ]  # fmt: skip

    def moves(self) -> list:
        """Post what is right."""
        row = self.object
        if row.status != ReturnStatus.PREVIEW or not self.may("disbursement.settle", row.batch):
            return []
        return [
            {"name": "apply", "label": "确认登记", "icon": "check", "hint": "到账的记入社区可用额度，退回的回到区县。"}
        ]

    def action_prefix(self) -> str:
        """Posts to apply/ under this address."""
        return self.request.path

    def extra_context(self) -> dict:
        """Every row with what is wrong with it."""
        row, problems = self.object, {}
        for error in row.errors:
            problems.setdefault(error["row"], []).append(error)
        lines = [self.line(one, problems.get(one["number"], [])) for one in row.rows]
        return {
            "lines": lines, "line_columns": columns.RETURN_COLUMNS, "wrong": len(problems),
            "errors_url": reverse("bank-return-errors", args=[row.pk]),
            "again_url": reverse("disbursement-return", args=[row.batch_id]),
        }  # fmt: skip

    @staticmethod
    def line(one: dict, errors: list[dict]) -> dict:
        """A row of the file; the account's last digits only, an amount that is none as the bank wrote it."""
        values, number = one["values"], one["values"].get("number") or ""
        written = next((error["value"] for error in errors if error["column"] == AMOUNT), "")
        return {
            **values, "number": one["number"], "number_masked": f"**** {number[-4:]}" if number else "",
            "yuan": yuan(fen_of(values["yuan"])) if values.get("yuan") else written, "row_tone": "warning" if errors else "",
            "problem": "；".join("：".join(filter(None, (one["column"], one["message"]))) for one in errors),
        }  # fmt: skip


class ReturnErrors(ObjectPage):
    """/disbursements/returns/<pk>/errors/: the errors as a workbook."""

    model = BankReturn

    def get_queryset(self):
        """With its batch."""
        return BankReturn.objects.select_related("batch__unit")

    def get(self, request, pk):
        """Answer with it."""
        content = errors_workbook(f"{self.object.batch.number} 回盘", self.object.errors)
        headers = {
            "Content-Disposition": content_disposition_header(True, f"{self.object.batch.number}-回盘错误.xlsx"),
            "Cache-Control": "no-store",
        }
        return HttpResponse(content, content_type=WORKBOOK, headers=headers)


class ReturnApply(ActionView):
    """/disbursements/returns/<pk>/apply/"""

    model, action = BankReturn, "apply"
    messages_by_action = {"apply": "回盘已登记并记账。"}

    def get_queryset(self):
        """With its batch."""
        return BankReturn.objects.select_related("batch__unit")

    def run(self, action, note, version):
        """Post it once."""
        return services.return_apply(by=self.actor, bank_return=self.object)
