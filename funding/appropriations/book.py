"""The rules of the database as the pure functions read them."""

from datetime import date

from governance.kernel import clock
from governance.kernel.policy import PolicyRule

from .rules import RuleBook, Version, payment_limit

PREFIX = "funding."


def rule_book() -> RuleBook:
    """All versions of this slice's rules, with one statement."""
    versions: dict[str, list[Version]] = {}
    for row in PolicyRule.objects.filter(key__startswith=PREFIX).order_by("key", "-effective_from"):
        source = " · ".join(part for part in (row.document, row.article, row.get_source_mark_display()) if part)
        versions.setdefault(row.key, []).append(
            Version(row.key, row.title, row.value, row.effective_from, row.effective_to, source)
        )
    return RuleBook(versions)


def limit_today(day: date | None = None) -> int | None:
    """The most that one payment may be today, in fen; None when there is no limit (domain-rules 10.2, ⑤)."""
    return payment_limit(day or clock.today(), rule_book())
