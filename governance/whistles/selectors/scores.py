"""Reading scorecards: which periods, which card, and the tickets behind a figure."""

from django.db.models import Exists, OuterRef, Q

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.territory.models import Department

from ..models import AnnualAssessment, Rating, RatingRelease, Scorecard
from ..rules import annual_score, previous_quarter, quarter_of
from .score_terms import FROM_RATINGS, Counts, count_terms, period_moments, score_rules, tickets_of_terms

__all__ = [
    "Counts", "annual_terms", "count_terms", "latest_period", "period_moments", "periods_of", "releasable_quarters",
    "score_rules", "term_tickets",
]  # fmt: skip


def periods_of(actor: Actor) -> list[str]:
    """The periods that this actor has cards of, newest first, a year after its quarters."""
    found = Scorecard.objects.visible_to(actor).order_by().values_list("period", flat=True).distinct()
    return sorted(found, key=lambda period: (period[:4], period[4:] or "Q0"), reverse=True)


def latest_period(periods: list[str]) -> str:
    """What a list opens with: the newest quarter among ``periods_of``, else the running one."""
    quarters = [period for period in periods if "Q" in period]
    return quarters[0] if quarters else quarter_of(clock.today())


def is_released(period: str) -> bool:
    """Whether a quarter is released; a year is once its last quarter is."""
    return RatingRelease.objects.filter(quarter=period if "Q" in period else f"{period}Q4").exists()


def releasable_quarters() -> list[str]:
    """Past quarters that wait for their release, oldest first: those with ratings, and the last one."""
    running = quarter_of(clock.today())
    known = set(Rating.objects.filter(quarter__lt=running).order_by().values_list("quarter", flat=True).distinct())
    released = set(RatingRelease.objects.values_list("quarter", flat=True))
    return sorted((known | {previous_quarter(running)}) - released)


def term_tickets(*, department: Department, period: str, terms: list[str], actor: Actor):
    """The tickets behind some terms, as far as the actor sees them.

    Terms that follow from ratings list only tickets whose rating he may read (or that have none): a list must not tell
    what a sealed rating says.
    """
    rows = tickets_of_terms(department_id=department.pk, period=period, terms=terms).visible_to(actor)
    if not set(terms) & set(FROM_RATINGS):
        return rows
    readable = Rating.objects.visible_to(actor).values("ticket_id")
    return rows.filter(Q(pk__in=readable) | ~Exists(Rating.objects.filter(ticket=OuterRef("pk"))))


def annual_terms(*, department: Department, year: int, card: Scorecard | None) -> dict:
    """部门年度分 with its terms: own score, the streets' part, weight and rule; ``score`` None while one is missing."""
    rule = score_rules(str(year))["score.assessment_weight"]
    entered = AnnualAssessment.objects.filter(department=department, year=year).first()
    own, streets = (entered.own_score if entered else None), (card.seen_adjusted if card else None)
    return {
        "entered": entered, "own": own, "streets": streets, "weight": rule.value, "rule": rule,
        "score": annual_score(own, streets, rule.value),
    }  # fmt: skip
