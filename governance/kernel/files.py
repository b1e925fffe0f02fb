"""Stored files: photos are decoded, capped, re-encoded and stripped of their metadata; documents are checked by content."""

import hashlib
import io
import warnings
from collections.abc import Callable
from pathlib import PurePath

import puremagic
from django.core.files.base import ContentFile
from django.db import models
from django.urls import reverse
from PIL import Image, ImageOps, UnidentifiedImageError

from . import clock
from .actor import Actor
from .errors import Invalid
from .policy import policy
from .scope import ScopedQuerySet

DOCUMENTS = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PHOTOS = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"}


class StoredFile(models.Model):
    """One file of one case. Its content is kept under its hash; who may see the case may see the file."""

    thread = models.CharField("所属事项", max_length=40, db_index=True)
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    name = models.CharField("文件名", max_length=160)
    mime = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    content = models.FileField(upload_to="files/%Y/%m", max_length=200)
    uploaded_by = models.CharField("上传", max_length=120)
    created_at = models.DateTimeField("上传时间", default=clock.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_photo(self) -> bool:
        return self.mime.startswith("image/")

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.pk])


# Kind of case → whether an actor sees the case with this number; each slice registers its own.
READERS: dict[str, Callable[[Actor, int], bool]] = {}


def clean_upload(name: str, content: bytes) -> tuple[str, str, bytes]:
    """Return (name, mime, content) that is safe to keep. Raises Invalid with the reason in Chinese.

    The type is judged by content; a photo is decoded and written anew, so that whatever else it carried is gone.
    """
    limit = policy("files.max_megabytes")
    if len(content) > limit * 1024 * 1024:
        raise Invalid(files=f"“{name}”超过 {limit} MB，请压缩后再传。")
    if not content:
        raise Invalid(files=f"“{name}”是空文件。")
    name = PurePath(name.replace("\\", "/")).name[-120:] or "附件"
    suffix = PurePath(name).suffix.lower()
    if suffix in PHOTOS:
        return str(PurePath(name).with_suffix(".jpg")), "image/jpeg", _photo(name, content)
    if suffix in DOCUMENTS and _looks_like(suffix, content):
        return name, DOCUMENTS[suffix], content
    raise Invalid(files=f"“{name}”不是可接收的类型；请上传照片（JPG、PNG）或 PDF、Word、Excel 文件。")


def _looks_like(suffix: str, content: bytes) -> bool:
    try:
        kinds = {match.extension.lower() for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return False
    return suffix in kinds


def _photo(name: str, content: bytes) -> bytes:
    """Decode within the pixel cap, turn upright, shrink, and write as JPEG without metadata."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as image:
                if image.width * image.height > policy("files.max_megapixels") * 1_000_000:
                    raise Invalid(files=f"“{name}”的像素过大，请缩小后再传。")
                upright = ImageOps.exif_transpose(image).convert("RGB")
                upright.thumbnail((2048, 2048))
                out = io.BytesIO()
                upright.save(out, "JPEG", quality=85)
                return out.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        raise Invalid(files=f"“{name}”打不开，可能已损坏，请换一张照片。") from error


def file_store(*, subject: models.Model, thread: str, name: str, content: bytes, by: Actor) -> StoredFile:
    """Clean and keep one file of ``subject``. Raises Invalid."""
    name, mime, clean = clean_upload(name, content)
    row = StoredFile(
        thread=thread, subject_type=subject._meta.model_name, subject_id=subject.pk, name=name, mime=mime, size=len(clean),
        sha256=hashlib.sha256(clean).hexdigest(), uploaded_by=by.label[:120],
    )  # fmt: skip
    row.content.save(f"{row.sha256[:32]}{PurePath(name).suffix}", ContentFile(clean), save=False)
    row.save()
    return row
