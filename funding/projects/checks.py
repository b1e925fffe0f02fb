"""八用七不用: what service money may not be spent on, by account and by words, with the reason (domain-rules 10.1 ⑫, 10.2 ②)."""

import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from funding.ledger.codes import economic_codes

from .states import PROJECT_FUNDS, FindingStatus

WORDS = Path(__file__).with_name("data") / "words.toml"


@cache
def forbidden_words() -> tuple[tuple[str, str, str], ...]:
    """(word, why not, whose rule)."""
    rows = tomllib.loads(WORDS.read_text(encoding="utf-8"))["words"]
    return tuple((word, row["why"], row["source"]) for row in rows for word in row["words"])


def marks_of(fund: str, codes: Iterable[str], texts: Iterable[str]) -> dict[str, str]:
    """{code or word: reason} that speak against spending money of ``fund`` so; office money is free to buy office things."""
    if fund not in PROJECT_FUNDS:
        return {}
    known = economic_codes()
    found = {
        code: f"科目 {code} {known[code].name}：{known[code].forbidden}。"
        for code in codes
        if code in known and known[code].forbidden
    }
    text = "\n".join(plain(text) for text in texts)
    found |= {word: f"写有“{word}”：{why}（{source}）" for word, why, source in forbidden_words() if word in text}
    return found


def plain(text: str) -> str:
    """The text without blanks and marks between its letters: “打 印-机” is a printer too."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum())


def findings_renew(row, marks: dict[str, str], **owner) -> None:
    """Bring the findings of a project or payment to what it says now; answered appeals stand.

    ``owner`` is ``project=`` or ``payment=``. A mark that is gone is cleared, one that comes back is open again.
    """
    from governance.kernel.actor import SYSTEM

    from .models import Finding
    from .workflow import FINDING_FLOW

    known = {found.mark: found for found in Finding.objects.filter(**owner)}
    for mark, found in known.items():
        if mark not in marks and found.status in FINDING_FLOW.transitions["clear"].sources:
            FINDING_FLOW.fire(found, "clear", by=SYSTEM)
    for mark, reason in marks.items():
        found = known.get(mark)
        if found is None or found.status == FindingStatus.CLEARED:
            Finding.objects.update_or_create(
                mark=_again(mark, known), **owner,
                defaults={"reason": reason, "community_id": row.community_id, "street_id": row.street_id, "unit_id": row.unit_id},
            )  # fmt: skip


def _again(mark: str, known: dict) -> str:
    """A mark that was cleared and comes back is a new finding: its history stays."""
    number = 2
    name = mark
    while name in known:
        name, number = f"{mark}（{number}）", number + 1
    return name
