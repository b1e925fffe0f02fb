"""Computing scorecards, releasing a quarter, entering annual assessments."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from governance.kernel import audit, clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.permission import require
from governance.kernel.policy import PolicyRule
from governance.territory.models import Department

from .. import rules
from ..models import AnnualAssessment, RatingRelease, Scorecard
from ..selectors.score_terms import STAGES, TERMS, Counts, count_terms, score_rules
from ..selectors.scores import releasable_quarters

Rules = dict[str, PolicyRule]
YEAR_EVERY = timedelta(hours=1)
WRITTEN = [
    "tickets", "ratings", "response", "resolution", "satisfaction", "total", "adjusted", "lower_bound", "penalty",
    "hold_rate", "rank", "ranked", "is_small", "is_stale", "is_synthetic", "terms", "computed_at",
]  # fmt: skip


@transaction.atomic
def scorecards_refresh(*, period: str) -> int:
    """Compute every department's card of a period ("2026Q4", "2026") anew. Returns how many; raises ValueError.

    The number of statements does not depend on the number of departments or tickets.
    """
    found, versions = count_terms(period), score_rules(period)
    cards = [_card(key, period, found[key], versions) for key in sorted(found)]
    _correct(cards, versions)
    _rank(cards, versions)
    Scorecard.objects.bulk_create(
        cards, update_conflicts=True, unique_fields=["department", "period"], update_fields=WRITTEN
    )
    Scorecard.objects.filter(period=period).exclude(department_id__in=list(found)).delete()
    return len(cards)


def _card(department_id: int, period: str, counts: Counts, versions: Rules) -> Scorecard:
    """The three rates and T of one department, with the terms that they come from."""
    credit, rated = versions["score.partly"].value, counts.rated
    stages = [(counts[f"{stage}_on_time"], counts[f"{stage}_on_time"] + counts[f"{stage}_late"]) for stage in STAGES]
    response = rules.response_rate(stages, versions["score.response_weights"].value)
    resolution = rules.resolution_rate(counts["solved"], counts["partly"], counts.due, counts["held"], credit)
    satisfaction = rules.satisfaction_rate(counts["satisfied"], counts["basic"], rated, credit)
    return Scorecard(
        department_id=department_id, period=period, tickets=counts.tickets, ratings=rated, response=response,
        resolution=resolution, satisfaction=satisfaction,
        total=rules.total_score(response, resolution, satisfaction, versions["score.weights"].value),
        lower_bound=rules.wilson_lower(satisfaction, rated, versions["score.z"].value),
        hold_rate=rules.hold_rate(counts["held"], counts.due),
        penalty=rules.card_penalty(counts["red_card"], versions["score.red_card_penalty"].value),
        is_small=rules.is_small_sample(rated, versions["rating.min_sample"].value), is_synthetic=counts.is_synthetic,
        terms=_terms(counts, versions), computed_at=clock.now(),
    )  # fmt: skip


def _terms(counts: Counts, versions: Rules) -> dict:
    """Every number of the formula, the query that lists each, and the rule versions used."""
    return {
        "counts": {term: counts[term] for term in TERMS} | {"due": counts.due, "rated": counts.rated},
        "lists": {term: f"term={term}" for term in TERMS}
        | {f"{stage}_due": f"term={stage}_on_time&term={stage}_late" for stage in STAGES}
        | {
            "due": "&".join(f"term={term}" for term in ("solved", "partly", "unsolved", "recurred", "overdue", "held")),
            "rated": "&".join(f"term={term}" for term in ("satisfied", "basic", "dissatisfied")),
        },
        "rules": {
            key: {"value": rule.value, "version": rule.pk, "from": f"{rule.effective_from}"}
            for key, rule in versions.items()
        },
    }


def _correct(cards: Iterable[Scorecard], versions: Rules) -> None:
    """Draw each T towards the city's, then take off the red cards."""
    city = rules.city_mean((card.tickets, card.total) for card in cards)
    for card in cards:
        drawn = rules.shrunk_score(card.total, card.tickets, city, versions["score.shrinkage"].value)
        card.adjusted = rules.final_score(drawn, card.penalty)
        card.terms |= {"city": city, "drawn": drawn}


def _rank(cards: Iterable[Scorecard], versions: Rules) -> None:
    """Rank departments of one trade and level that have enough tickets; never streets, communities or people (1.6)."""
    least = versions["score.ranking_min"].value
    kinds = {
        key: (kind, level)
        for key, kind, level in Department.objects.filter(pk__in=[card.department_id for card in cards]).values_list(
            "pk", "kind", "level"
        )
    }
    in_race = [card for card in cards if card.tickets >= least and not card.is_small and card.adjusted is not None]
    places = rules.rank_groups((card.department_id, kinds[card.department_id], card.adjusted) for card in in_race)
    for card in cards:
        card.rank, card.ranked = places.get(card.department_id, (None, None))


@transaction.atomic
def quarter_release(*, quarter: str, by: Actor = SYSTEM) -> RatingRelease:
    """季度聚合并开启: compute a past quarter's cards, then open its ratings. Raises Invalid, Conflict, Forbidden."""
    require(by, "score.release")
    try:
        _, after = rules.period_days(quarter)
    except ValueError:
        raise Invalid(quarter="没有这个季度。") from None
    if "Q" not in quarter or clock.today() < after:
        raise Invalid(quarter="季度尚未结束，评价不能开启。")
    release, created = RatingRelease.objects.get_or_create(quarter=quarter, defaults={"released_at": clock.now()})
    if not created:
        raise Conflict("这个季度的评价已经开启。")
    count = scorecards_refresh(period=quarter)
    if quarter.endswith("Q4"):
        scorecards_refresh(period=quarter[:4])
    audit.record(
        action="score.release", label="开启季度评价", by=by, subject=release, note=rules.period_label(quarter),
        data={"quarter": quarter, "scorecards": count},
    )  # fmt: skip
    return release


def scorecards_sweep() -> int:
    """What the task does: release past quarters, refresh the running ones and those that a ruling has changed.

    The running year is looked at once an hour. Returns how many cards were computed.
    """
    for quarter in releasable_quarters():
        if count_terms(quarter):
            quarter_release(quarter=quarter)
    running = rules.quarter_of(clock.today())
    periods = {running, *Scorecard.objects.filter(is_stale=True).order_by().values_list("period", flat=True).distinct()}
    recent = Scorecard.objects.filter(period=running[:4], computed_at__gt=clock.now() - YEAR_EVERY)
    if not recent.exists():
        periods.add(running[:4])
    return sum(scorecards_refresh(period=period) for period in sorted(periods))


@transaction.atomic
def assessment_enter(
    *, department: Department, year: int, own_score: float, by: Actor, note: str = ""
) -> AnnualAssessment:
    """录入本级业务分: 0–100, one a year and department; corrections stay in the audit. Raises Invalid."""
    require(by, "assessment.enter")
    if own_score is None or not 0 <= own_score <= 100:
        raise Invalid(own_score="本级业务分为 0 至 100 分。")
    if year > clock.today().year:
        raise Invalid(year="年度尚未开始。")
    entry, created = AnnualAssessment.objects.update_or_create(
        department=department, year=year,
        defaults={"own_score": own_score, "note": note[:300], "entered_by": by.label[:120], "entered_at": clock.now()},
    )  # fmt: skip
    audit.record(
        action="assessment.enter", label="录入本级业务分" if created else "更正本级业务分", by=by, subject=entry,
        note=note, data={"department": department.pk, "year": year, "own_score": own_score},
    )  # fmt: skip
    return entry
