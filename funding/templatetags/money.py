"""``{% load money %}``: fen in yuan."""

from django import template

from funding.ledger import money

register = template.Library()


@register.filter
def yuan(fen) -> str:
    """123456 → "1,234.56"."""
    return money.yuan(fen)
