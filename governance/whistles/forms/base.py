"""What all forms of the loop share: the version they were opened on, uploads as plain bytes, date controls."""

from django import forms

from governance.kernel.policy import policy
from governance.kernel.ui.forms import FilesField, PortalForm

ACCEPT = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx"
VERSION, FILES = "version", "files"


class DateTimeControl(forms.DateTimeInput):
    """The browser's own date and time control."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DateControl(forms.DateInput):
    """The browser's own date control."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


def text_area(label: str, *, most: int, rows: int = 3, required: bool = True, help_text: str = "") -> forms.CharField:
    """A field of several lines."""
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text, widget=forms.Textarea({"rows": rows})
    )


class UploadsField(FilesField):
    """Photos and documents of one answer; number and size are the policy's."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "照片或附件")
        kwargs.setdefault("required", False)
        super().__init__(accept=ACCEPT, **kwargs)

    def clean(self, data, initial=None):
        """Check against the rules in force, at the moment of sending."""
        self.most = policy("files.max_count")
        self.most_bytes = self.most * policy("files.max_megabytes") * 1024 * 1024
        return super().clean(data, initial)


class VersionedForm(PortalForm):
    """Carries the version of the row that the page showed, so that a newer one is noticed (409)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[VERSION] = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    @property
    def version(self) -> int | None:
        """The version that the sender saw; None when it was not sent."""
        return self.cleaned_data.get(VERSION)

    def content(self) -> dict:
        """The cleaned data that a service takes: without key, version and uploads."""
        return {name: value for name, value in self.facts().items() if name not in (VERSION, FILES)}

    def uploads(self) -> list[tuple[str, bytes]]:
        """The uploads as (name, content)."""
        return [(file.name, file.read()) for file in self.cleaned_data.get(FILES) or []]


class TicketForm(VersionedForm):
    """A form about one ticket; ``ticket`` narrows choices and first values."""

    def __init__(self, *args, ticket=None, **kwargs):
        self.ticket = ticket
        super().__init__(*args, **kwargs)
        if ticket is not None:
            self.fields[VERSION].initial = ticket.version
            self.fit()

    def fit(self) -> None:
        """Fit choices and help texts to the ticket; override."""


class ConfirmForm(TicketForm):
    """Nothing to fill in: the button is the answer."""


class NoteForm(TicketForm):
    """An optional word."""

    note = text_area("说明", most=500, rows=2, required=False)


class ReasonForm(TicketForm):
    """A word that is asked for."""

    note = text_area("理由", most=2000)
