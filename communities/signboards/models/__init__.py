"""The tables of the signboards."""

from .audit import SignboardAudit, SignboardAuditItem
from .board import Signboard
from .cases import Rectification, SignboardRecheck
from .catalogue import SignboardCatalogue, SignboardType

__all__ = [
    "Rectification", "Signboard", "SignboardAudit", "SignboardAuditItem", "SignboardCatalogue", "SignboardRecheck",
    "SignboardType",
]  # fmt: skip
