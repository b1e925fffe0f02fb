"""Request bodies made from the pages' forms: one definition of what may be sent, for page, link, mail and API.

The serializer checks types and unknown names and draws the schema; the form itself checks everything else.
"""

import base64
import binascii
from datetime import UTC, datetime

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from rest_framework import serializers

from governance.kernel.errors import Invalid
from governance.kernel.ui.forms import StarField

from ..forms.base import FILES, VERSION, UploadsField, VersionedForm
from ..models import Whistle

OWN_MODEL_KEYS = ("code", "code12", "code15")
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
LONGEST_LIST = 50


class Base64Field(serializers.CharField):
    """A file's content."""

    default_error_messages = {"base64": "文件内容须为 Base64 编码。"}

    def to_internal_value(self, data):
        try:
            return base64.b64decode(super().to_internal_value(data), validate=True)
        except (binascii.Error, ValueError):
            self.fail("base64")


class FileBody(serializers.Serializer):
    """One attachment inside a JSON body."""

    name = serializers.CharField(max_length=160, help_text="文件名，如 现场.jpg")
    content = Base64Field(help_text="Base64 编码的内容")


class MomentField(serializers.DateTimeField):
    """A moment within the centuries that the portal can mean."""

    def to_internal_value(self, value):
        moment = super().to_internal_value(value)
        if not EARLIEST <= moment < LATEST:
            raise serializers.ValidationError("时间须在 2000 年至 2099 年之间。")
        return moment


class Body(serializers.Serializer):
    """Refuses names that it does not know: a sent ``status`` or ``role`` is an error, not silently nothing."""

    def to_internal_value(self, data):
        if isinstance(data, dict) and (unknown := [name for name in data if name not in self.fields]):
            readable = (str(name).encode("utf-8", "replace").decode()[:60] for name in unknown[:20])
            raise serializers.ValidationError({name: ["没有这个字段，不能提交。"] for name in readable})
        return super().to_internal_value(data)


def key_of(model) -> str:
    """The public key of a model's rows: its official code, else the id."""
    names = {field.name for field in model._meta.fields}
    return next((name for name in OWN_MODEL_KEYS if name in names), "pk")


def _related(field: forms.ModelChoiceField) -> serializers.Field:
    """A reference; whether it lies within reach is the form's to say."""
    if field.queryset.model is Whistle:
        return serializers.IntegerField(min_value=1)
    return serializers.CharField(max_length=32)


def _field(field: forms.Field) -> serializers.Field:
    """The serializer field that takes what the form field takes."""
    more = {"required": field.required, "help_text": " ".join(filter(None, (field.label, field.help_text)))}
    if isinstance(field, UploadsField):
        return FileBody(many=True, **more)
    if isinstance(field, forms.ModelMultipleChoiceField):
        return serializers.ListField(child=_related(field), max_length=LONGEST_LIST, **more)
    optional = {} if field.required else {"allow_null": True}
    made = _plain(field, more, optional)
    if made is None:
        raise TypeError(f"no body field for {type(field).__name__}")
    return made


def _plain(field: forms.Field, more: dict, optional: dict) -> serializers.Field | None:
    """Single values: the first kind that fits, the special ones before the general."""
    return next((make(field, more, optional) for kind, make in PLAIN if isinstance(field, kind)), None)


def _reference(field, more: dict, optional: dict) -> serializers.Field:
    related = _related(field)
    return type(related)(**related._kwargs, **more, **optional)


def _choice(field, more: dict, optional: dict) -> serializers.Field:
    choices = [choice for choice in field.choices if choice[0] != ""]
    return serializers.ChoiceField(choices, allow_blank=not field.required, **more)


PLAIN = (
    (StarField, lambda field, more, _: serializers.IntegerField(min_value=1, max_value=5, **more | {"required": True})),
    (forms.ModelChoiceField, _reference),
    (forms.ChoiceField, _choice),
    (forms.BooleanField, lambda field, more, _: serializers.BooleanField(
        default=bool(field.initial), help_text=more["help_text"])),
    (forms.DateTimeField, lambda field, more, optional: MomentField(**more, **optional)),
    (forms.DateField, lambda field, more, optional: serializers.DateField(**more, **optional)),
    (forms.IntegerField, lambda field, more, optional: serializers.IntegerField(
        min_value=field.min_value, max_value=field.max_value, **more, **optional)),
    (forms.CharField, lambda field, more, _: serializers.CharField(
        max_length=field.max_length, allow_blank=not field.required, **more)),
)  # fmt: skip


def body_of(form_class: type[VersionedForm], name: str, **extra: serializers.Field) -> type[Body]:
    """The body of a form as a serializer class called ``name``; ``extra`` fields are the view's own business."""
    fields = {key: _field(field) for key, field in form_class.base_fields.items()}
    fields[VERSION] = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=2**31 - 1, help_text="您看到的版本；已有新版本时答 409"
    )
    return type(name, (Body,), {**fields, **extra, "__doc__": form_class.__doc__})


def fill(form_class: type[VersionedForm], facts: dict, **about) -> VersionedForm:
    """The form filled with a body's values. Raises Invalid with the fields concerned."""
    facts = dict(facts)
    sent = [SimpleUploadedFile(file["name"], file["content"]) for file in facts.pop(FILES, ())]
    form = form_class({key: value for key, value in facts.items() if value is not None},
                      MultiValueDict({FILES: sent}), **about)  # fmt: skip
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField):
            key = key_of(field.queryset.model)
            field.to_field_name = None if key == "pk" else key
    if not form.is_valid():
        raise Invalid(**{name if name != "__all__" else "": "；".join(errors) for name, errors in form.errors.items()})
    return form
