"""The three inputs: what, where, words or a photo."""

from ..forms import ReportForm


class PhoneForm(ReportForm):
    """Words or a photo; a photo alone needs a category, for nothing can be read out of it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["words"].required = False
        self.fields["words"].widget.attrs["rows"] = "3"

    def clean(self) -> dict:
        """Say what is missing; a photo without words says so itself."""
        data = super().clean()
        if "words" in data and not data["words"].strip():
            if data.get("files"):
                data["words"] = "见照片"
            else:
                self.add_error("words", "请写一句发生了什么，或者拍一张照片。")
        return data
