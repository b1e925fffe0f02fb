"""What is asked, said and decided on a ticket: reports, objections, holds, extensions, consultations, cards, comments."""

from django.db import models
from django.db.models import Q

from governance.kernel import clock
from governance.kernel.guards import append_only

from ..querysets import OfTicketQuerySet
from ..states import CardColour, CardReason, HoldEnd, HoldReason, Outcome, RequestState, RulingKind, Stage
from .ticket import Ticket
from .whistle import Whistle


class TicketReport(models.Model):
    """A report of completion with the four elements: when taken up, who was spoken to, what was done, by when (S11)."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="reports")
    outcome = models.CharField("办结类型", max_length=18, choices=Outcome)
    taken_up = models.CharField("受理时间", max_length=120)
    talked_with = models.CharField("与谁沟通", max_length=200)
    measures = models.TextField("解决措施", max_length=4000)
    settled_by = models.CharField("解决时限", max_length=120)
    basis = models.CharField("不予支持的依据", max_length=300, blank=True)
    reported_by = models.CharField("报告人", max_length=120)
    created_at = models.DateTimeField("报告时间", default=clock.now)

    objects = OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办结报告"
        ordering = ["id"]
        triggers = append_only()


class Objection(models.Model):
    """退哨异议: the clause and the department that should answer instead; once per department and whistle."""

    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="objection")
    whistle = models.ForeignKey(Whistle, models.PROTECT, related_name="objections")
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="objections")
    grounds = models.TextField("异议理由", max_length=2000)
    clause = models.CharField("依据条款", max_length=300)
    suggested = models.ForeignKey(
        "governance.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="建议承办部门"
    )
    suggested_text = models.CharField("建议承办部门（文字）", max_length=80, blank=True)
    filed_by = models.CharField("提出人", max_length=120)
    created_at = models.DateTimeField("提出时间", default=clock.now)
    ruling = models.CharField("裁决", max_length=12, choices=RulingKind, default=RulingKind.PENDING)
    ruling_note = models.TextField("裁决理由", blank=True)
    ruled_by = models.CharField("裁决人", max_length=120, blank=True)
    ruled_at = models.DateTimeField("裁决时间", null=True, blank=True)
    new_ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, blank=True, related_name="after_objection")

    objects = OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "退哨异议"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["whistle", "department"], name="objection_once_per_department")]


class Hold(models.Model):
    """挂账: why it cannot be done now, who answers for it, and when it is looked at again (domain-rules 1.5)."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="holds")
    reason = models.CharField("挂账情形", max_length=12, choices=HoldReason)
    explanation = models.TextField("说明", max_length=2000)
    leader = models.CharField("责任领导", max_length=60)
    milestones = models.TextField("里程碑", max_length=2000)
    told_residents = models.TextField("向诉求人解释记录", max_length=1000)
    review_on = models.DateField("下次复核日")
    state = models.CharField("状态", max_length=10, choices=RequestState, default=RequestState.REQUESTED)
    asked_by = models.CharField("申请人", max_length=120)
    created_at = models.DateTimeField("申请时间", default=clock.now)
    decided_by = models.CharField("审批人", max_length=120, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision_note = models.TextField("审批意见", blank=True)
    ended_as = models.CharField("销账方式", max_length=10, choices=HoldEnd, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "挂账"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(state__in=["requested", "granted"]), name="hold_one_open"
            )
        ]
        indexes = [models.Index(fields=["review_on"], condition=Q(state="granted"), name="hold_review")]


class Extension(models.Model):
    """延期: once per ticket, at most as long again as the first limit."""

    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="extension")
    reason = models.TextField("理由", max_length=1000)
    asked_due = models.DateTimeField("申请延至")
    state = models.CharField("状态", max_length=10, choices=RequestState, default=RequestState.REQUESTED)
    created_at = models.DateTimeField("申请时间", default=clock.now)
    decided_by = models.CharField("审批人", max_length=120, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)

    objects = OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"


class Consultation(models.Model):
    """会商: called by the department, ends with minutes."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="consultations")
    topic = models.TextField("会商事由", max_length=1000)
    participants = models.CharField("参加单位", max_length=300, blank=True)
    minutes = models.TextField("纪要", max_length=4000, blank=True)
    created_at = models.DateTimeField("申请时间", default=clock.now)
    ended_at = models.DateTimeField("形成纪要时间", null=True, blank=True)

    objects = OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会商"
        ordering = ["-id"]


class Card(models.Model):
    """黄牌/红牌: shown to a department for a stage that ran over or for rework; never to a community."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="cards")
    department = models.ForeignKey("governance.Department", models.PROTECT, related_name="cards")
    unit = models.ForeignKey("governance.ManagementUnit", models.PROTECT, related_name="+")
    colour = models.CharField("牌别", max_length=6, choices=CardColour)
    reason = models.CharField("事由", max_length=16, choices=CardReason)
    stage = models.CharField("环节", max_length=12, choices=Stage, blank=True)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    number = models.CharField("督办单号", max_length=40, blank=True)
    created_at = models.DateTimeField("亮牌时间", default=clock.now)
    explanation = models.TextField("书面说明", max_length=4000, blank=True)
    explained_at = models.DateTimeField("说明时间", null=True, blank=True)
    is_revoked = models.BooleanField("已撤销", default=False)

    objects = OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "督办牌"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "colour", "reason", "stage", "round"], name="card_once")
        ]
        indexes = [models.Index(fields=["department", "created_at"], name="card_department")]


class Comment(models.Model):
    """A message on a ticket, from the page, a link or a mail that could not be read as an answer; never lost, never changed."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="comments")
    body = models.TextField("内容", max_length=10000)
    author = models.CharField("留言人", max_length=120)
    via = models.CharField("渠道", max_length=10)
    created_at = models.DateTimeField("时间", default=clock.now)

    objects = OfTicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "留言"
        ordering = ["id"]
        triggers = append_only()
