"""A refused form keeps what was picked: for its owner only, for some hours, as much as the rules allow."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django import forms
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from governance.kernel import clock, kept
from governance.kernel.policy import policy
from governance.kernel.ui.forms import FileInput, FilesField, PortalForm

pytestmark = pytest.mark.django_db
OWNER = "web:1"


class Letter(PortalForm):
    """One file that is asked for, several that are not."""

    words = forms.CharField(label="说明")
    letter = forms.FileField(label="函件", widget=FileInput())
    photos = FilesField(label="照片", required=False, most=2)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def pdf(name="函.pdf", content=b"%PDF-1.4 a") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def sent(data=None, owner=OWNER, **files):
    """The form as the page builds it from what a browser sends."""
    posted = MultiValueDict(
        {name: value if isinstance(value, list) else [value] for name, value in (data or {}).items()}
    )
    picked = MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in files.items()})
    return Letter(posted, kept.joined(owner, posted, picked))


def refused(owner=OWNER, **files) -> Letter:
    """Sent without words, and shown again."""
    form = sent(owner=owner, **files)
    assert not form.is_valid()
    kept.keep(owner, form)
    return form


def tokens(form, name) -> list[str]:
    return [row.token for row in form.fields[name].widget.kept]


def again(form, owner=OWNER, **more) -> Letter:
    """What the browser sends next: words, and the tokens that the page showed."""
    found = {f"{name}-kept": tokens(form, name) for name in ("letter", "photos")}
    form = sent({"words": "说明", **found}, owner, **more)
    form.is_valid()
    return form


def test_the_next_try_has_the_files():
    form = refused(letter=pdf(), photos=[pdf("一.pdf", b"%PDF 1"), pdf("二.pdf", b"%PDF 2")])
    html = str(form["photos"])
    assert (
        html.count('type="checkbox"') == 2 and "一.pdf" in html and 'name="photos-kept"' in html and "不用重选" in html
    )
    form = again(form)
    assert form.errors == {}
    assert (form.cleaned_data["letter"].name, form.cleaned_data["letter"].read()) == ("函.pdf", b"%PDF-1.4 a")
    assert [file.read() for file in form.cleaned_data["photos"]] == [b"%PDF 1", b"%PDF 2"]


def test_they_last_through_several_tries():
    form = refused(letter=pdf())
    for _ in range(3):
        form = sent({"letter-kept": tokens(form, "letter")})
        assert not form.is_valid()
        kept.keep(OWNER, form)
    assert again(form).errors == {}
    assert len(kept._files(kept._folder(OWNER))) == 1


def test_a_newly_picked_file_counts():
    form = again(refused(letter=pdf()), letter=pdf("新.pdf", b"%PDF new"))
    assert form.cleaned_data["letter"].name == "新.pdf"


def test_an_unticked_one_is_left_out():
    form = refused(letter=pdf(), photos=[pdf("一.pdf", b"%PDF 1"), pdf("二.pdf", b"%PDF 2")])
    kinds = {"letter-kept": tokens(form, "letter"), "photos-kept": tokens(form, "photos")[1:]}
    form = sent({"words": "说明", **kinds})
    assert form.is_valid() and [file.name for file in form.cleaned_data["photos"]] == ["二.pdf"]


def test_what_was_refused_itself_is_not_kept():
    form = refused(letter=pdf(), photos=[pdf(f"{number}.pdf", b"%%PDF %d" % number) for number in range(3)])
    assert tokens(form, "photos") == [] and len(tokens(form, "letter")) == 1
    assert "请重新选择：0.pdf、1.pdf、2.pdf" in str(form["photos"])


@pytest.mark.parametrize("case", ["another person", "another field", "changed", "nonsense", "too late", "gone"])
def test_a_token_is_good_for_its_owner_field_and_hours_only(case, at):
    form = refused(letter=pdf())
    token = tokens(form, "letter")[0]
    owner, name, moment = OWNER, "letter-kept", clock.now()
    if case == "another person":
        owner = "web:2"
    elif case == "another field":
        name = "photos-kept"
    elif case == "changed":
        token = ("A" if token[0] != "A" else "B") + token[1:]
    elif case == "nonsense":
        token = "../../etc/passwd"
    elif case == "too late":
        moment += timedelta(hours=policy("files.keep_hours"), minutes=1)
    else:
        shutil.rmtree(Path(default_storage.path(kept.FOLDER)))
    with at(moment):
        form = sent({"words": "说明", name: [token]}, owner)
    assert form.errors == {"letter": ["请选择函件。"]}


def test_a_visitor_whom_nothing_tells_from_the_next_keeps_nothing():
    form = refused(owner="", letter=pdf())
    assert tokens(form, "letter") == [] and "请重新选择：函.pdf" in str(form["letter"])
    assert not default_storage.exists(kept.FOLDER)


def test_nobody_fills_the_disk():
    megabyte = 1024 * 1024
    most = policy("files.max_megabytes")
    form = refused(letter=pdf("大.pdf", b"x" * (most * megabyte + 1)))
    assert tokens(form, "letter") == []
    whole = [
        refused(letter=pdf(content=bytes([number]) * most * megabyte))
        for number in range(policy("files.max_count") + 1)
    ]
    assert [len(tokens(form, "letter")) for form in whole] == [1] * policy("files.max_count") + [0]


def test_what_nobody_sends_again_is_deleted(at):
    refused(letter=pdf())
    assert kept.kept_forget() == 0
    with at(clock.now() + timedelta(hours=policy("files.keep_hours") + 1)):
        assert kept.kept_forget() == 1
    assert kept._files(kept._folder(OWNER)) == []
