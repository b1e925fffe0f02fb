"""The tables of projects and payments."""

from .payment import PaymentRequest, Refund, Supplier
from .project import Acceptance, BudgetLine, Deliberation, Finding, Project, PublicNotice

__all__ = [
    "Acceptance", "BudgetLine", "Deliberation", "Finding", "PaymentRequest", "Project", "PublicNotice", "Refund", "Supplier",
]  # fmt: skip
