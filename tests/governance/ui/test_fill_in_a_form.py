"""Forms: errors stand next to their field and on top, nothing typed is lost, one-line fields stay one line."""

import uuid

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from governance.kernel.errors import Invalid
from governance.kernel.ui.forms import FilesField, PortalForm, StarField


class Report(PortalForm):
    """One field of each kind."""

    title = forms.CharField(label="事项", max_length=40, help_text="一句话")
    body = forms.CharField(label="经过", widget=forms.Textarea, required=False)
    stars = StarField(label="评价", required=False)
    photos = FilesField(label="照片", required=False, most=2, most_bytes=10)


def upload(name: str, size: int = 1) -> SimpleUploadedFile:
    """A file of so many bytes."""
    return SimpleUploadedFile(name, b"x" * size)


def test_a_missing_answer_is_named_next_to_its_field():
    html = str(Report({"title": "", "body": "写过的内容"}))
    assert 'id="id_title_error"' in html and "请填写事项。" in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html and 'aria-invalid="true"' in html


def test_the_summary_links_to_the_field_and_input_stays():
    html = str(Report({"title": "", "body": "写过的内容"}))
    assert 'href="#id_title"' in html and "还有 1 处需要修改" in html and "写过的内容" in html


def test_an_unsent_form_has_no_summary():
    assert "error-summary" not in str(Report())


@pytest.mark.parametrize("text", ["甲\n乙", "甲\r\nBcc: x@example.org", "甲\u2028乙"])
def test_a_line_break_in_one_line_is_refused(text):
    form = Report({"title": text})
    assert not form.is_valid() and "不能换行" in form.errors["title"][0]


def test_a_long_text_may_have_lines():
    form = Report({"title": "甲", "body": "一\n二"})
    assert form.is_valid() and form.facts()["body"] == "一\n二"


def test_every_showing_has_its_own_key():
    keys = {Report()["form_key"].value() for _ in range(3)}
    assert len(keys) == 3


def test_the_key_survives_an_error_and_is_not_a_fact():
    key = str(uuid.uuid4())
    form = Report({"title": "甲", "form_key": key})
    assert form.is_valid() and form.key == key and "form_key" not in form.facts()
    assert f'value="{key}"' in str(Report({"title": "", "form_key": key}))


@pytest.mark.parametrize("key", ["", "1", "x" * 36, "' or 1=1"])
def test_a_malformed_key_counts_as_none(key):
    assert Report({"title": "甲", "form_key": key}).key == ""


def test_a_service_refusal_lands_on_its_field():
    form = Report({"title": "甲"})
    assert form.is_valid()
    form.errors_from(Invalid("整体不行", title="此处不行", unknown="别处不行"))
    assert form.errors["title"] == ["此处不行"] and set(form.non_field_errors()) == {"整体不行", "别处不行"}


def test_markup_that_was_typed_is_escaped():
    assert "<script>" not in str(Report({"title": "<script>alert(1)</script>\n"}))


@pytest.mark.parametrize(("sent", "read"), [("4", 4), ("", None)])
def test_stars_are_a_number(sent, read):
    form = Report({"title": "甲", "stars": sent})
    assert form.is_valid() and form.cleaned_data["stars"] == read


@pytest.mark.parametrize("sent", ["0", "6", "x"])
def test_stars_beyond_the_scale_are_refused(sent):
    assert "stars" in Report({"title": "甲", "stars": sent}).errors


def test_stars_are_radio_buttons_with_words():
    html = str(Report()["stars"])
    assert html.count('type="radio"') == 5 and "5 星 很满意" in html


def test_several_files_come_as_a_list():
    form = Report({"title": "甲"}, MultiValueDict({"photos": [upload("a.jpg"), upload("b.jpg")]}))
    assert form.is_valid(), form.errors
    assert [file.name for file in form.cleaned_data["photos"]] == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("files", "reason"),
    [([upload("a"), upload("b"), upload("c")], "最多上传 2 个"), ([upload("a", 6), upload("b", 6)], "合计不能超过")],
)
def test_too_many_or_too_large_files_are_refused(files, reason):
    form = Report({"title": "甲"}, MultiValueDict({"photos": files}))
    assert reason in form.errors["photos"][0]


def test_no_file_is_an_empty_list():
    form = Report({"title": "甲"}, MultiValueDict())
    assert form.is_valid() and form.cleaned_data["photos"] == []
