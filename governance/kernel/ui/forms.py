"""Forms of the portal.

One look, errors next to the field, nothing typed is ever lost, a second click does nothing twice.
"""

import re
import uuid

from django import forms
from django.core.validators import RegexValidator
from django.forms.renderers import TemplatesSetting

from .draw import WIDGETS

FORM_KEY = "form_key"
KEY_SHAPE = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")
# A line break in a one-line field ends up in a mail header or a CSV row; it is refused, not repaired.
no_line_breaks = RegexValidator(
    r"[\r\n\x00\u2028\u2029]", "这里只能写一行，不能换行。", code="line_break", inverse_match=True
)


def new_form_key() -> str:
    """A fresh idempotency key for one showing of a form."""
    return str(uuid.uuid4())


class PortalFormRenderer(TemplatesSetting):
    """Draws forms with templates/components/forms/.

    Django's own widgets (the app django.forms) where there is no override.
    """

    form_template_name = "components/forms/form.html"
    field_template_name = "components/forms/field.html"

    def render(self, template_name, context, request=None):
        """The plain controls without templates; Django draws the rest."""
        drawn = WIDGETS.get(template_name)
        return drawn(context) if drawn else super().render(template_name, context, request)


class PortalErrorList(forms.utils.ErrorList):
    """Errors with an icon, so that colour is not alone in saying it."""

    template_name = "components/forms/errors.html"


class PortalFormMixin:
    """The hidden ``form_key`` field, one-line fields that refuse line breaks, the portal's error list.

    ``errors_from(error)`` puts a service's refusal next to its field; ``facts()`` is the cleaned data without the key.
    """

    required_css_class = "is-required"
    error_css_class = "has-error"

    def __init__(self, *args, **kwargs):
        """Add the key and the one-line rule."""
        kwargs.setdefault("error_class", PortalErrorList)
        super().__init__(*args, **kwargs)
        self.use_required_attribute = (
            False  # the browser's own bubbles are neither Chinese nor consistent; the server answers
        )
        for field in self.fields.values():
            _polish(field)
        self.fields[FORM_KEY] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=new_form_key, max_length=36
        )

    @property
    def key(self) -> str:
        """The idempotency key that came with the form, "" when none or a malformed one came."""
        sent = str(self.data.get(self.add_prefix(FORM_KEY), ""))
        return sent if KEY_SHAPE.match(sent) else ""

    def facts(self) -> dict:
        """The cleaned data as keyword arguments for a service."""
        return {name: value for name, value in self.cleaned_data.items() if name != FORM_KEY}

    def errors_from(self, error) -> None:
        """Show a DomainError (its ``fields``) or a ValidationError on the form; what no field here owns goes on top."""
        fields = getattr(error, "fields", None)
        if fields is None:
            fields = getattr(error, "message_dict", None) or {"": "；".join(getattr(error, "messages", [str(error)]))}
        for name, message in fields.items():
            self.add_error(name if name in self.fields else None, message)


def _polish(field: forms.Field) -> None:
    """One-line text refuses line breaks, long text starts at four rows, a missing answer is named."""
    if type(field.widget) in (forms.TextInput, forms.EmailInput) and hasattr(field, "max_length"):
        field.validators = [*field.validators, no_line_breaks]
    if isinstance(field.widget, forms.Textarea) and field.widget.attrs.get("rows") == "10":
        field.widget.attrs["rows"] = "4"
    if field.label and field.error_messages.get("required") is forms.Field.default_error_messages["required"]:
        chosen = isinstance(field.widget, (forms.Select, forms.RadioSelect, forms.FileInput))
        field.error_messages["required"] = f"请{'选择' if chosen else '填写'}{field.label}。"


class PortalForm(PortalFormMixin, forms.Form):
    """A form that is not bound to a model."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):
    """A form whose fields come from a model; services write, so ``save`` is not for use."""

    def save(self, commit=True):
        """Refuse: pass ``facts()`` to a service."""
        raise TypeError("services write; pass form.facts() to one")


class StarRating(forms.RadioSelect):
    """One to five stars as radio buttons: works by keyboard and without a script."""

    template_name = "components/forms/stars.html"

    def __init__(self, attrs=None, words=("很不满意", "不满意", "一般", "满意", "很满意")):
        """``words`` name the stars from one upwards."""
        super().__init__(attrs, [(number, word) for number, word in enumerate(words, 1)])


class StarField(forms.TypedChoiceField):
    """A whole number of stars."""

    def __init__(self, *, words=("很不满意", "不满意", "一般", "满意", "很满意"), **kwargs):
        """``words`` name the stars from one upwards; their number is the highest rating."""
        kwargs.setdefault("empty_value", None)
        choices = [(number, word) for number, word in enumerate(words, 1)]
        super().__init__(coerce=int, choices=choices, widget=StarRating(words=words), **kwargs)


class FileInput(forms.ClearableFileInput):
    """A file control that lists the names of what was chosen; ``camera`` opens a telephone's camera.

    After a refusal ``kept`` are the files that need not be picked again (see kernel.kept), ``forgotten`` names the others.
    """

    template_name = "components/forms/file.html"
    kept: list = []
    forgotten: list = []

    def __init__(self, attrs=None, *, multiple: bool = False, camera: bool = False):
        """Set the HTML attributes."""
        self.allow_multiple_selected = multiple  # where this is true Django adds the attribute by itself
        extra = ({"multiple": True} if multiple else {}) | ({"capture": "environment"} if camera else {})
        super().__init__({**extra, **(attrs or {})})

    def get_context(self, name, value, attrs):
        """With what an earlier try left."""
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"kept": self.kept, "forgotten": self.forgotten}
        return context

    def value_from_datadict(self, data, files, name):
        """Return the list of files for a multiple control, the one file otherwise."""
        if self.attrs.get("multiple") and hasattr(files, "getlist"):
            return files.getlist(name)
        return super().value_from_datadict(data, files, name)


class FilesField(forms.FileField):
    """Several files; cleans to a list. ``most`` bounds their number, ``most_bytes`` their sum."""

    def __init__(
        self, *, most: int = 9, most_bytes: int = 20 * 1024 * 1024, accept: str = "", camera: bool = False, **kwargs
    ):
        """Set the bounds; the content itself is checked by the kernel's file service."""
        self.most, self.most_bytes = most, most_bytes
        kwargs.setdefault("widget", FileInput({"accept": accept} if accept else None, multiple=True, camera=camera))
        super().__init__(**kwargs)

    def clean(self, data, initial=None):
        """Check number and size; ValidationError names the bound."""
        chosen = [item for item in (data if isinstance(data, (list, tuple)) else [data]) if item]
        if not chosen:
            super().clean(None, initial)
            return []
        if len(chosen) > self.most:
            raise forms.ValidationError(f"最多上传 {self.most} 个文件，现选了 {len(chosen)} 个。")
        if sum(item.size for item in chosen) > self.most_bytes:
            raise forms.ValidationError(f"文件合计不能超过 {self.most_bytes // 1024**2} MB。")
        return [super(FilesField, self).clean(item, initial) for item in chosen]
