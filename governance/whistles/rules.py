"""Pure rules of the loop: dates and the formulas of domain-rules 1.6. Nothing here reads or writes a table."""

from datetime import date


def quarter_of(day: date) -> str:
    """2026Q4 for any day of October to December 2026."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"
