"""Ratings (sealed, append-only), their release by quarter, and appeals against them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.guards import FSM, append_only
from governance.kernel.scope import PublicQuerySet, ScopedQuerySet

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

    def __str__(self) -> str:
        return f"评价 {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("rating", args=[self.pk])

    @property
    def stars(self) -> tuple[int, int, int, int]:
        return self.speed, self.attitude, self.quality, self.lawfulness


class RatingRelease(models.Model):
    """A quarter whose ratings are aggregated: departments now see theirs where the sample is large enough."""

    quarter = models.CharField("季度", max_length=6, unique=True)
    released_at = models.DateTimeField("开启时间", default=clock.now)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评价开启"

    def __str__(self) -> str:
        return self.quarter


class RatingAppealQuerySet(ScopedQuerySet):
    """An appeal tells about its rating: whoever may not see the one does not see the other."""

    def visible_to(self, actor: Actor) -> "RatingAppealQuerySet":
        return self.filter(rating__in=Rating.objects.visible_to(actor))


class RatingAppeal(models.Model):
    """A department's appeal against a rating; upheld (granted), the rating leaves the score."""

    rating = models.OneToOneField(Rating, models.PROTECT, related_name="appeal")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="+")
    grounds = models.TextField("申诉理由", max_length=2000)
    filed_by = models.CharField("申诉人", max_length=120)
    created_at = models.DateTimeField("申诉时间", default=clock.now)
    state = models.CharField("状态", max_length=10, choices=RequestState, default=RequestState.REQUESTED)
    ruling_note = models.TextField("裁决理由", blank=True)
    ruled_by = models.CharField("裁决人", max_length=120, blank=True)
    ruled_at = models.DateTimeField("裁决时间", null=True, blank=True)

    objects = RatingAppealQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评价申诉"
        ordering = ["-id"]
        triggers = [
            FSM(name="appeal_flow", field="state", transitions=[("requested", "granted"), ("requested", "refused")])
        ]

    def __str__(self) -> str:
        return f"评价申诉 {self.pk}"

    def get_absolute_url(self) -> str:
        return self.rating.get_absolute_url()
