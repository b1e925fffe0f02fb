"""What the ledger registers on start."""

from . import permissions  # noqa: F401
