"""What the whistle loop registers on start."""

from . import permissions  # noqa: F401
