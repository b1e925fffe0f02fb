"""What the accounts slice registers on start."""

from . import menu, panels, permissions, signals  # noqa: F401
