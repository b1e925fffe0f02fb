"""Uploads are judged by content; photos are written anew."""

import io
import zipfile

import pytest
from PIL import Image

from governance.kernel.errors import Invalid
from governance.kernel.files import clean_upload

pytestmark = pytest.mark.django_db


def photo(kind="JPEG", size=(60, 40), **more) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 90, 110)).save(out, kind, **more)
    return out.getvalue()


def test_a_photo_loses_its_metadata():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x8825] = {1: "N", 2: (38.9, 0, 0)}
    name, mime, clean = clean_upload("现场.jpg", photo(exif=exif))
    assert (name, mime) == ("现场.jpg", "image/jpeg")
    assert not Image.open(io.BytesIO(clean)).getexif()
    assert b"SecretCamera" not in clean


@pytest.mark.parametrize(("suffix", "kind"), [("png", "PNG"), ("webp", "WEBP"), ("gif", "GIF"), ("bmp", "BMP")])
def test_other_photos_become_jpeg(suffix, kind):
    name, mime, _ = clean_upload(f"a.{suffix}", photo(kind))
    assert (name, mime) == ("a.jpg", "image/jpeg")


def test_what_is_behind_a_photo_is_gone():
    polyglot = photo() + b"<script>alert(1)</script>PK\x03\x04"
    assert b"script" not in clean_upload("a.jpg", polyglot)[2]


def test_a_large_photo_is_shrunk():
    assert max(Image.open(io.BytesIO(clean_upload("a.png", photo("PNG", (5000, 3000)))[2])).size) == 2048


def test_a_pixel_bomb_is_refused():
    with pytest.raises(Invalid, match="像素"):
        clean_upload("a.png", photo("PNG", (9000, 9000)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.html", b"<html></html>"),
        ("a.exe", b"MZ\x90"),
        ("a.pdf", b"not a pdf"),
        ("a.docx", b"PK"),
        ("noname", photo()),
        ("a.jpg", b"not a photo"),
        ("a.jpg", photo()[:100]),
        ("a.jpg", b""),
    ],
)
def test_what_is_not_what_it_says_is_refused(name, content):
    with pytest.raises(Invalid) as error:
        clean_upload(name, content)
    assert "files" in error.value.fields


def test_a_file_over_the_limit_is_refused():
    with pytest.raises(Invalid, match="10 MB"):
        clean_upload("a.pdf", b"%PDF-1.7" + b"0" * 11 * 1024 * 1024)


def test_a_pdf_and_a_word_file_are_kept_as_they_are():
    pdf = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
    assert clean_upload("批复.pdf", pdf) == ("批复.pdf", "application/pdf", pdf)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as box:
        box.writestr("[Content_Types].xml", "<Types/>")
        box.writestr("word/document.xml", "<w:document/>")
    assert clean_upload("说明.docx", out.getvalue())[1].endswith("wordprocessingml.document")


def test_a_path_in_the_name_is_cut():
    assert clean_upload("..\\..\\etc\\a.jpg", photo())[0] == "a.jpg"
