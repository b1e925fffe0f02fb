"""Import pages: choose a kind, upload, look at the preview, confirm."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from governance.kernel.sheet_files import WORKBOOK, errors_workbook, template_workbook
from governance.kernel.ui.views import ActionView, Column, DetailPage, FormPage, ListPage, ObjectPage, Page

from .. import columns
from ..batches import ImportBatch
from ..permissions import IMPORT
from ..views import root_crumb
from .forms import UploadForm
from .services import IMPORTERS, import_confirm, import_preview
from .spec import ADD, CHANGE, SAME, Importer

SHOWN_ROWS = 100
SHOWN_ERRORS = 200
ACTIONS = {ADD: "新增", CHANGE: "更新", SAME: "不变"}


def _importer(kind: str) -> Importer:
    try:
        return IMPORTERS[kind]
    except KeyError:
        raise Http404("没有这种导入。") from None


def _workbook(name: str, content: bytes) -> HttpResponse:
    """Answer with a workbook to keep."""
    headers = {"Content-Disposition": content_disposition_header(True, f"{name}.xlsx"), "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=WORKBOOK, headers=headers)


class ImportListPage(ListPage):
    """One's own uploads, and where to begin a new one."""

    title = "数据导入"
    icon = "upload"
    permission = IMPORT
    model = ImportBatch
    columns = columns.BATCH_COLUMNS
    exportable = False
    empty_title = "还没有导入过"
    empty_text = "点右上方的按钮，下载模板、填写、上传；确认之前不写入任何数据。"

    def get_queryset(self):
        """Without the rows themselves."""
        return ImportBatch.objects.defer("rows")

    def crumbs(self):
        """From the top."""
        return [root_crumb(), (self.title, "")]

    def actions(self):
        """One button a kind."""
        return [
            {"label": f"导入{kind.label}", "url": reverse("import-new", args=[kind]), "icon": kind.icon}
            for kind in ImportBatch.Kind
            if kind in IMPORTERS and IMPORTERS[kind].permission == IMPORT
        ]


class UploadPage(FormPage):
    """Upload one table."""

    permission = IMPORT
    form_class = UploadForm
    submit_label = "上传并预览"
    consequence = "只读取并检查，确认之前不写入任何数据。"
    template_name = "governance/territory/upload.html"

    def head(self):
        """The kind is the title."""
        self.title = _importer(self.kwargs["kind"]).title
        return super().head()

    def crumbs(self):
        """From the top through the list."""
        return [root_crumb(), ("数据导入", reverse("imports")), (self.title, "")]

    def cancel_url(self):
        """Back to the list."""
        return reverse("imports")

    def run(self, form):
        """Read and examine."""
        return import_preview(by=self.actor, kind=self.kwargs["kind"], upload=form.cleaned_data["file"])

    def extra_context(self):
        """The template and what its columns mean."""
        kind = self.kwargs["kind"]
        return {
            "template_url": reverse("import-template", args=[kind]),
            "dictionary": _importer(kind).columns,
            "dictionary_columns": [
                Column("label", "列", primary=True, url=lambda column: ""),
                Column("name", "字段码"),
                Column("required", "必填"),
                Column("help", "说明", render=lambda column: column.help or "、".join(column.choices) or "—"),
                Column("sample", "示例"),
            ],
        }


class TemplateDownload(Page):
    """The empty workbook of a kind."""

    permission = IMPORT

    def get(self, request, kind):
        """Send it."""
        importer = _importer(kind)
        return _workbook(f"{importer.title}模板", template_workbook(importer.title, importer.columns))


class BatchPage(DetailPage):
    """The preview: what will happen row by row, or what is wrong cell by cell."""

    permission = IMPORT
    model = ImportBatch
    icon = "upload"
    template_name = "governance/territory/batch.html"

    def crumbs(self):
        """From the top through the list."""
        return [root_crumb(), ("数据导入", reverse("imports")), (self.object.filename, "")]

    def facts(self):
        """What was uploaded."""
        batch = self.object
        ignored = "、".join(batch.summary.get("ignored", ()))
        return [
            ("类型", batch.get_kind_display()),
            ("文件", batch.filename),
            ("数据行", batch.summary["rows"]),
            ("错误", len(batch.errors)),
            *((label, batch.summary.get(action, 0)) for action, label in ACTIONS.items() if not batch.errors),
            ("未识别的列", ignored or "无"),
            ("文件散列", batch.digest[:16]),
        ]

    def moves(self):
        """Confirm, while it is right and waiting."""
        if self.object.status != ImportBatch.Status.PREVIEW:
            return []
        counts = "、".join(f"{label} {self.object.summary.get(action, 0)} 行" for action, label in ACTIONS.items())
        return [
            {
                "name": "confirm",
                "label": "确认导入",
                "icon": "check",
                "hint": f"{counts}；全部写入或全部不写。",
                "url": reverse("import-confirm", args=[self.object.pk]),
            }
        ]

    def extra_context(self):
        """The first rows or the first errors."""
        batch = self.object
        importer = IMPORTERS[batch.kind]
        actions = batch.summary.get("actions") or [""] * len(batch.rows)
        rows = [
            {"number": row["number"], "action": ACTIONS.get(action, "—"), **row["values"]}
            for row, action in zip(batch.rows[:SHOWN_ROWS], actions, strict=False)
        ]
        filled = [
            column for column in importer.columns if any(row.get(column.name) not in (None, "", []) for row in rows)
        ]
        shown = [Column("number", "行", kind="number"), Column("action", "将")]
        return {
            "rows": rows,
            "row_columns": shown + [Column(column.name, column.label) for column in filled],
            "errors": batch.errors[:SHOWN_ERRORS],
            "error_columns": columns.ERROR_COLUMNS,
            "hidden_rows": max(0, len(batch.rows) - SHOWN_ROWS),
            "hidden_errors": max(0, len(batch.errors) - SHOWN_ERRORS),
            "again_url": reverse("import-new", args=[batch.kind]),
            "errors_url": reverse("import-errors", args=[batch.pk]),
        }


class ErrorsDownload(ObjectPage):
    """All errors of an upload as a workbook."""

    permission = IMPORT
    model = ImportBatch

    def get(self, request, pk):
        """Send it."""
        return _workbook(f"{self.object.filename}-错误", errors_workbook(self.object.filename, self.object.errors))


class ConfirmImport(ActionView):
    """Write the batch."""

    permission = IMPORT
    model = ImportBatch
    action = "confirm"

    def run(self, action, note, version):
        """Write it once."""
        return import_confirm(by=self.actor, batch=self.object)

    def done_message(self, action):
        """How it went."""
        return "导入完成。"
