"""What the kernel's pages register on start."""

from .pages import menu, permissions  # noqa: F401
