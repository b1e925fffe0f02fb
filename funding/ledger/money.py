"""Fen to what people read, and back."""

from decimal import ROUND_HALF_UP, Decimal

from django import forms

MOST_FEN = 10**14  # a trillion yuan: more than a typing error can mean


def yuan(fen: int | None) -> str:
    """123456 → "1,234.56"; "" for None."""
    return "" if fen is None else f"{Decimal(fen) / 100:,.2f}"


def fen_of(amount: Decimal) -> int:
    """Yuan to fen; a third decimal is rounded half up."""
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


class YuanField(forms.DecimalField):
    """Yuan with at most two decimals, cleaned to fen."""

    def __init__(self, *, label: str = "金额（元）", **more):
        super().__init__(
            label=label, max_digits=14, decimal_places=2, min_value=more.pop("min_value", Decimal("0.01")), **more
        )

    def clean(self, value):
        """Fen as an int; None when empty."""
        found = super().clean(value.replace(",", "") if isinstance(value, str) else value)
        return None if found is None else fen_of(found)

    def prepare_value(self, value):
        """Fen from the database are shown in yuan."""
        return f"{Decimal(value) / 100:.2f}" if isinstance(value, int) and not isinstance(value, bool) else value
