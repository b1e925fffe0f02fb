"""Reading disclosures: the public page of a community, finding one, a case's history."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from funding.appropriations.models import EntitlementLine
from funding.appropriations.selectors import GRANTED
from funding.ledger.models import Account, Entry
from funding.ledger.selectors import Step, way_of
from funding.ledger.states import AccountKind, Fund, JournalKind
from governance.kernel.audit import AuditEvent
from governance.territory.models import Division

from .figures import funds_of, payment_lines, payments
from .models import Disclosure, MoneyQuestion
from .periods import Span

PAGE = 30
COMES_IN = (JournalKind.ARRIVE, JournalKind.TRANSFER, JournalKind.CARRY, JournalKind.BUDGET)
FOUND_MOST = 60


def history(thread: str) -> list[dict]:
    """A case's events for the timeline, newest first."""
    rows = AuditEvent.objects.filter(thread=thread).order_by("-id")[:60]
    return [{"at": row.at, "title": row.label or row.action, "who": row.actor_label, "body": row.note} for row in rows]


def year_span(year: int) -> Span:
    """A whole year."""
    return Span(date(year, 1, 1), date(year, 12, 31), "year")


def years_of(community: Division) -> list[int]:
    """Years that the community has accounts in, the newest first."""
    rows = Account.objects.filter(community=community).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())


def granted(community: Division, year: int) -> dict[str, tuple[int, int]]:
    """{fund: (fen, pk of the line that explains it)} of what the year's approved calculations give."""
    rows = EntitlementLine.objects.filter(community=community, year=year, run__status__in=GRANTED)
    found: dict[str, tuple[int, int]] = {}
    for pk, fund, fen in rows.order_by("id").values_list("pk", "fund", "amount_fen"):
        found[fund] = (found.get(fund, (0, 0))[0] + fen, pk)
    return found


def budget(community: Division, year: int) -> list[dict]:
    """By fund: granted, opening, received, returned, paid, closing; all in fen."""
    given, lines = granted(community, year), {row["fund"]: row for row in funds_of(community, year_span(year))}
    empty = {"opening": 0, "received": 0, "returned": 0, "paid": 0, "closing": 0}
    return [
        {**empty, "fund": fund.value, "label": fund.label, **lines.get(fund.value, {}), "granted": given.get(fund.value, (0, 0))[0]}
        for fund in Fund
        if fund.value in lines or fund.value in given
    ]  # fmt: skip


def arrivals(community: Division, year: int, most: int = PAGE) -> QuerySet[Entry]:
    """What came into the community's account, the newest first."""
    rows = Entry.objects.filter(
        account__community=community, account__year=year, account__kind=AccountKind.AVAILABLE, fen__gt=0,
        journal__kind__in=COMES_IN,
    )  # fmt: skip
    return rows.select_related("journal", "account").order_by("-journal__day", "-id")[:most]


@dataclass(frozen=True)
class Page:
    """Some payments, and the pk from which the older ones go on (None: these are the last)."""

    rows: list[dict]
    older: int | None


def payments_page(community: Division, year: int, before: int | None = None, project: str = "") -> Page:
    """A page of the year's payments in public words, in the order they were posted."""
    rows = payments(community).filter(account__year=year).order_by("-id")
    if before:
        rows = rows.filter(pk__lt=before)
    if project:
        rows = rows.filter(account__project=project)
    entries = list(rows[: PAGE + 1])
    shown = entries[:PAGE]
    return Page(payment_lines(shown), shown[-1].pk if len(entries) > PAGE else None)


def published(community: Division) -> QuerySet[Disclosure]:
    """The disclosures of a community that anybody may read."""
    return Disclosure.objects.filter(community=community).published().order_by("-end", "kind")


def answered(community: Division) -> QuerySet[MoneyQuestion]:
    """Its answered questions."""
    return MoneyQuestion.objects.filter(community=community).answered().order_by("-id")


def public_way(entry: Entry) -> list[Step]:
    """The entry's way from the city, without any other community's account on it."""
    own = entry.account.community_id
    return [step for step in way_of(entry) if step.account.community_id in (None, own)]


def find(words: str) -> list[Division]:
    """Communities whose own, street's or unit's name contains every word, or whose code begins so; at most sixty."""
    rows = Division.objects.communities().select_related("street", "unit")
    for word in words.split():
        rows = rows.filter(
            Q(name__contains=word) | Q(street__name__contains=word) | Q(unit__name__contains=word)
            | Q(unit__short_name__contains=word) | Q(code12__startswith=word)
        )  # fmt: skip
    return list(rows.order_by("code12")[:FOUND_MOST])
