"""What collection registers on start."""

from . import permissions  # noqa: F401
