"""Disclosures with the figures as they were published, and residents' questions."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from governance.kernel import clock

from . import triggers
from .periods import Span
from .querysets import DisclosureQuerySet, QuestionQuerySet
from .states import DisclosureStatus, PeriodKind, QuestionStatus
from .workflow import DISCLOSURE_FLOW, QUESTION_FLOW

__all__ = ["Disclosure", "MoneyQuestion"]
PLACE = {"on_delete": models.PROTECT, "related_name": "+", "db_index": False}


class Disclosure(models.Model):
    """What one community publishes about one period. ``snapshot`` holds the figures as published, ``digest`` their SM3."""

    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道（乡镇）", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    kind = models.CharField("周期", max_length=8, choices=PeriodKind)
    start = models.DateField("起")
    end = models.DateField("止")
    due_on = models.DateField("公布期限")
    status = models.CharField("状态", max_length=10, choices=DisclosureStatus, default=DisclosureStatus.DUE)
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField("生成时间", default=clock.now)
    published_at = models.DateTimeField("公布时间", null=True, blank=True)
    published_by = models.ForeignKey("governance.User", null=True, verbose_name="公布人", **PLACE)
    published_label = models.CharField("公布", max_length=120, blank=True)
    snapshot = models.JSONField("公布的数字", default=dict, blank=True)
    digest = models.CharField("散列（SM3）", max_length=64, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "经费公开"
        ordering = ["-end", "community_id"]
        constraints = [
            models.UniqueConstraint(name="disclosure_once", fields=["community", "kind", "start"]),
            models.CheckConstraint(name="disclosure_period", condition=Q(end__gte=F("start"), due_on__gte=F("end"))),
            models.CheckConstraint(
                name="disclosure_published",
                condition=Q(status="published", published_at__isnull=False) & ~Q(digest="") & ~Q(snapshot={})
                | ~Q(status="published") & Q(published_at__isnull=True, digest=""),
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-end"], name="disclosure_community"),
            models.Index(fields=["street", "-id"], name="disclosure_street"),
            models.Index(fields=["unit", "-id"], name="disclosure_unit"),
            models.Index(fields=["due_on"], name="disclosure_due", condition=Q(status="due")),
            models.Index(fields=["community"], name="disclosure_overdue", condition=Q(status="overdue")),
        ]
        triggers = [
            DISCLOSURE_FLOW.trigger("disclosure_flow"), triggers.disclosure_is_fixed, triggers.published_stays,
            triggers.disclosure_is_never_deleted,
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.community} {self.label}经费公开"

    def get_absolute_url(self) -> str:
        return reverse("disclosure", args=[self.pk])

    @property
    def public_url(self) -> str:
        """Where residents read it."""
        return reverse("money-disclosure", args=[self.community.code12, self.pk])

    @property
    def span(self) -> Span:
        """Its period."""
        return Span(self.start, self.end, self.kind)

    @property
    def label(self) -> str:
        """Its period as it reads."""
        return self.span.label

    @property
    def is_late(self) -> bool:
        """Published after its last day."""
        return self.published_at is not None and timezone.localdate(self.published_at) > self.due_on

    @property
    def thread(self) -> str:
        """Its own case."""
        return f"disclosure:{self.pk}"


class MoneyQuestion(models.Model):
    """What somebody asked about a community's money. Who asked is not kept; numbers in the text are masked before it is stored."""

    community = models.ForeignKey("governance.Division", verbose_name="社区（村）", **PLACE)
    street = models.ForeignKey("governance.Division", verbose_name="街道（乡镇）", **PLACE)
    unit = models.ForeignKey("governance.ManagementUnit", verbose_name="区县", **PLACE)
    text = models.CharField("问题", max_length=1000)
    status = models.CharField("状态", max_length=10, choices=QuestionStatus, default=QuestionStatus.ASKED)
    version = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField("提问时间", default=clock.now)
    answer = models.CharField("答复", max_length=1000, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_label = models.CharField("答复人", max_length=120, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "经费提问"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="money_question_answered",
                condition=Q(status="answered", answered_at__isnull=False) & ~Q(answer="")
                | ~Q(status="answered") & Q(answer=""),
            )
        ]
        indexes = [
            models.Index(fields=["community", "-id"], name="money_question_community"),
            models.Index(fields=["street", "-id"], name="money_question_street"),
            models.Index(fields=["unit", "-id"], name="money_question_unit"),
        ]
        triggers = [
            QUESTION_FLOW.trigger("money_question_flow"), triggers.question_stays, triggers.question_is_fixed,
            triggers.question_is_never_deleted,
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"提问 {self.pk}：{self.text[:30]}"

    def get_absolute_url(self) -> str:
        return reverse("money-question", args=[self.pk])

    @property
    def thread(self) -> str:
        """Its own case."""
        return f"moneyquestion:{self.pk}"
