"""What the page tests share."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_their_own(settings, tmp_path):
    """Uploads of a test go away with it."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def photo() -> SimpleUploadedFile:
    """A real photo, small."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    return SimpleUploadedFile("现场.jpg", out.getvalue(), "image/jpeg")
