"""The tables of entitlements and disbursements."""

from .batch import BankReturn, DisbursementBatch, DisbursementLine, PayeeAccount
from .closing import YearClosing
from .entitlement import EntitlementLine, EntitlementRun

__all__ = [
    "BankReturn", "DisbursementBatch", "DisbursementLine", "EntitlementLine", "EntitlementRun", "PayeeAccount", "YearClosing",
]  # fmt: skip
