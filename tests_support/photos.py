"""Small real images."""

import io

from PIL import Image


def jpeg(colour: str = "steelblue", size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()
