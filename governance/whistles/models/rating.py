"""Ratings (sealed, append-only), their release by quarter, appeals, and the scorecards that show every term."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.guards import append_only
from governance.kernel.scope import PublicQuerySet

from ..querysets import OfTicketQuerySet
from ..states import LowReason, RequestState, Thoroughly
from .ticket import Ticket

STARS = [MinValueValidator(1), MaxValueValidator(5)]


class RatingQuerySet(OfTicketQuerySet):
    """A single rating is the street's own until its quarter is released; see ``selectors.ratings``."""

    def visible_to(self, actor: Actor) -> "RatingQuerySet":
        from ..selectors.ratings import ratings_scope

        return super().visible_to(actor).filter(ratings_scope(actor))


class Rating(models.Model):
    """一哨一评: one ticket, one rating, by the street that blew (domain-rules 1.6). Rows are never changed."""

    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="rating")
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="ratings")
    street = models.ForeignKey("governance.Division", models.PROTECT, related_name="+")
    quarter = models.CharField("季度", max_length=6)
    speed = models.PositiveSmallIntegerField("报到速度", validators=STARS)
    attitude = models.PositiveSmallIntegerField("态度协同", validators=STARS)
    quality = models.PositiveSmallIntegerField("解决质量", validators=STARS)
    lawfulness = models.PositiveSmallIntegerField("依法规范", validators=STARS)
    thoroughly = models.CharField("是否彻底解决", max_length=6, choices=Thoroughly)
    again = models.BooleanField("愿意再次协作", default=True)
    low_reason = models.CharField("低分原因", max_length=10, choices=LowReason, blank=True)
    comment = models.CharField("说明", max_length=500, blank=True)
    rated_by = models.CharField("评价人", max_length=120)
    created_at = models.DateTimeField("评价时间", default=clock.now)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评价"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name=f"rating_{field}_1_to_5", condition=Q(**{f"{field}__range": (1, 5)}))
            for field in ("speed", "attitude", "quality", "lawfulness")
        ]
        indexes = [models.Index(fields=["department", "quarter", "street"], name="rating_quarter")]
        triggers = append_only()

    @property
    def stars(self) -> tuple[int, int, int, int]:
        return self.speed, self.attitude, self.quality, self.lawfulness


class RatingRelease(models.Model):
    """A quarter whose ratings have been aggregated; from here on departments see theirs where the sample is large enough."""

    quarter = models.CharField("季度", max_length=6, unique=True)
    released_at = models.DateTimeField("开启时间", default=clock.now)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评价开启"


class RatingAppeal(models.Model):
    """A department's appeal against a rating; upheld, the rating leaves the score."""

    rating = models.OneToOneField(Rating, models.PROTECT, related_name="appeal")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="+")
    grounds = models.TextField("申诉理由", max_length=2000)
    filed_by = models.CharField("申诉人", max_length=120)
    created_at = models.DateTimeField("申诉时间", default=clock.now)
    state = models.CharField("状态", max_length=10, choices=RequestState, default=RequestState.REQUESTED)
    ruling_note = models.TextField("裁决理由", blank=True)
    ruled_by = models.CharField("裁决人", max_length=120, blank=True)
    ruled_at = models.DateTimeField("裁决时间", null=True, blank=True)

    objects = OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评价申诉"
        ordering = ["-id"]


class Scorecard(models.Model):
    """A department's three rates of one period with every term of the formula; only departments are ranked."""

    department = models.ForeignKey("governance.Department", models.CASCADE, related_name="scorecards")
    period = models.CharField("考核期", max_length=6)
    tickets = models.PositiveIntegerField("计分工单", default=0)
    response = models.FloatField("响应率", null=True)
    resolution = models.FloatField("解决率", null=True)
    satisfaction = models.FloatField("满意率", null=True)
    total = models.FloatField("三率综合", null=True)
    adjusted = models.FloatField("修正后", null=True)
    lower_bound = models.FloatField("95% 下界", null=True)
    penalty = models.FloatField("红牌扣分", default=0)
    hold_rate = models.FloatField("挂账率", null=True)
    terms = models.JSONField("计分明细", default=dict)
    computed_at = models.DateTimeField("计算时间", default=clock.now)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门计分卡"
        constraints = [models.UniqueConstraint(fields=["department", "period"], name="scorecard_once")]
        indexes = [models.Index(fields=["period", "-adjusted"], name="scorecard_ranking")]
