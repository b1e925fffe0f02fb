"""The upload."""

from django import forms

from governance.kernel.ui.forms import FileInput, PortalForm


class UploadForm(PortalForm):
    """One table."""

    file = forms.FileField(
        label="表格文件",
        widget=FileInput({"accept": ".xlsx,.csv"}),
        help_text=".xlsx 或 .csv（UTF-8）；请使用模板，不要含公式和宏。",
        error_messages={"required": "请选择一个文件。", "empty": "文件是空的。"},
        max_length=200,
    )
