"""Issuing a year's list: caps from the rules, entries from last year's list or, the first time, from the examples."""

import tomllib
from datetime import date
from pathlib import Path

from django.db import transaction

from communities.admission.states import Place
from governance.kernel import audit as trail
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.permission import require
from governance.kernel.policy import policy

from ..models import SignboardCatalogue, SignboardType

EXAMPLES = Path(__file__).parent.parent / "data" / "lists.toml"


def _entries(place: str) -> list[dict]:
    """Last year's entries, or the examples of domain-rules 3.2."""
    last = SignboardCatalogue.objects.filter(place=place).order_by("-in_force_from").first()
    if last:
        return list(last.entries.values("code", "name", "klass", "trade"))
    return tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))[place]


@transaction.atomic
def signboard_list_issue(
    *, by: Actor, year: int, place: str, in_force_from: date, document: str = "", is_synthetic: bool = False
) -> SignboardCatalogue:
    """Issue a year's list. The cap is the rule of its first day (domain-rules 3.1). Raises Forbidden, Invalid, Conflict."""
    if not by.is_system:
        require(by, "signboard_list.issue")
    if in_force_from.year != year:
        raise Invalid(in_force_from="施行日期应在该年度内。")
    if SignboardCatalogue.objects.filter(year=year, place=place).exists():
        raise Conflict("这一年度的名录已经印发，不能改动；请印发下一年度的。")
    entries = _entries(place)
    row = SignboardCatalogue.objects.create(
        year=year, place=place, cap=policy(f"signboard.cap.{place}", at=in_force_from), in_force_from=in_force_from,
        document=document, is_synthetic=is_synthetic,
    )  # fmt: skip
    SignboardType.objects.bulk_create([SignboardType(catalogue=row, **entry) for entry in entries])
    trail.record(action="signboard_list.issue", label="印发牌子名录", by=by, subject=row, data={"cap": row.cap})
    return row


def signboard_lists_load(*, year: int) -> int:
    """Issue the example lists of a year where there are none yet. Returns how many are new."""
    known = set(SignboardCatalogue.objects.filter(year=year).values_list("place", flat=True))
    missing = [place for place in Place.values if place not in known]
    for place in missing:
        signboard_list_issue(
            by=SYSTEM, year=year, place=place, in_force_from=date(year, 1, 1), document="示例名录（合成，非官方）"
        )
    return len(missing)
