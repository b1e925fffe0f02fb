"""The tables of projects and payments."""

from .payment import PaymentRequest, Supplier
from .project import Acceptance, BudgetLine, Deliberation, Finding, Project, PublicNotice

__all__ = [
    "Acceptance", "BudgetLine", "Deliberation", "Finding", "PaymentRequest", "Project", "PublicNotice", "Supplier",
]  # fmt: skip
