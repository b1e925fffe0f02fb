"""What a department scored in a period, term by term, and its annual assessment. Only departments are ranked."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Left
from django.urls import reverse

from governance.accounts.roles import DEPT_ROLES, STREET_ROLES, UNIT_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.scope import ScopedQuerySet

from ..rules import period_label
from .rating import RatingRelease

EVERYWHERE = (Role.CITY_OFFICE, Role.AUDITOR)
READERS = (*UNIT_ROLES, *STREET_ROLES, *DEPT_ROLES)
SEALED = ("resolution", "satisfaction", "total", "adjusted", "lower_bound")


def _released() -> Q:
    """Cards of released quarters, and of years whose last quarter is released."""
    quarters = RatingRelease.objects.all()
    years = quarters.filter(quarter__endswith="Q4").annotate(year=Left("quarter", 4)).values("year")
    return Q(period__in=quarters.values("quarter")) | Q(period__in=years)


def _oversees(actor: Actor) -> Q:
    """Cards that the actor answers for: the city's all, a district its own departments'."""
    if actor.is_system or actor.posts_in(*EVERYWHERE):
        return Q()
    return Q(department__unit_id__in=[post.unit_id for post in actor.posts_in(*UNIT_ROLES)])


class ScorecardQuerySet(ScopedQuerySet):
    """A running period is for those who oversee; streets and departments see it once it is released (评价保护 1.6).

    A card that changes with every rating would tell its department what each street gave.
    """

    def visible_to(self, actor: Actor) -> "ScorecardQuerySet":
        """In scope; ``seen_…`` is what depends on ratings, empty for readers where the sample is too small."""
        everything = actor.is_system or bool(actor.posts_in(*EVERYWHERE))
        scope = _oversees(actor)
        if not everything and actor.posts_in(*READERS):
            scope |= _released()
        mine = Q(pk__isnull=False) if everything else Q(is_small=False) | _oversees(actor)
        seen = {f"seen_{name}": Case(When(mine, then=F(name))) for name in SEALED}
        return self.filter(scope).annotate(**seen)


class Scorecard(models.Model):
    """Three rates (percent) and scores (points) of a department and period; ``terms`` has the whole calculation."""

    department = models.ForeignKey(
        "governance.Department", models.CASCADE, related_name="scorecards", verbose_name="部门"
    )
    period = models.CharField("考核期", max_length=6)
    tickets = models.PositiveIntegerField("计分工单", default=0)
    ratings = models.PositiveIntegerField("有效评价", default=0)
    response = models.FloatField("响应率", null=True)
    resolution = models.FloatField("解决率", null=True)
    satisfaction = models.FloatField("满意率", null=True)
    total = models.FloatField("三率综合", null=True)
    adjusted = models.FloatField("修正后", null=True)
    lower_bound = models.FloatField("95% 下界", null=True)
    penalty = models.FloatField("红牌扣分", default=0)
    hold_rate = models.FloatField("挂账率", null=True)
    rank = models.PositiveSmallIntegerField("位次", null=True)
    ranked = models.PositiveSmallIntegerField("参排部门数", null=True)
    is_small = models.BooleanField("评价样本不足", default=False)
    is_stale = models.BooleanField("待重算", default=False)
    is_synthetic = models.BooleanField("演示数据", default=False)
    terms = models.JSONField("计分明细", default=dict)
    computed_at = models.DateTimeField("计算时间", default=clock.now)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门计分卡"
        constraints = [models.UniqueConstraint(fields=["department", "period"], name="scorecard_once")]
        indexes = [models.Index(fields=["period", "-adjusted"], name="scorecard_ranking")]

    def __str__(self) -> str:
        return f"{self.department} {period_label(self.period)}"

    def get_absolute_url(self) -> str:
        return reverse("scorecard", args=[self.department.code, self.period])

    @property
    def holds_too_much(self) -> bool:
        """Whether the hold rate calls for a dispatch meeting of its own (1.5; whistle.hold_rate_alarm)."""
        return (self.hold_rate or 0) > self.terms["rules"]["whistle.hold_rate_alarm"]["value"]


class AnnualAssessment(models.Model):
    """部门年度考核: the city office enters the own score, the streets' part is the year's scorecard (1.6)."""

    department = models.ForeignKey(
        "governance.Department", models.PROTECT, related_name="assessments", verbose_name="部门"
    )
    year = models.PositiveSmallIntegerField("年度")
    own_score = models.FloatField("本级业务分", validators=[MinValueValidator(0), MaxValueValidator(100)])
    note = models.CharField("依据", max_length=300, blank=True)
    entered_by = models.CharField("录入人", max_length=120)
    entered_at = models.DateTimeField("录入时间", default=clock.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门年度考核"
        constraints = [
            models.UniqueConstraint(fields=["department", "year"], name="assessment_once"),
            models.CheckConstraint(name="assessment_0_to_100", condition=Q(own_score__range=(0, 100))),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.year} 年度考核"
