"""What the ledger registers on start."""

from . import menu as _menu  # noqa: F401
from . import permissions  # noqa: F401
