"""What projects register on start."""

from . import permissions  # noqa: F401
