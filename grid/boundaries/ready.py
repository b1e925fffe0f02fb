"""What the grids register on start."""

from . import permissions  # noqa: F401
