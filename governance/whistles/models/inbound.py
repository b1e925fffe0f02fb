"""Mail that came in, as received; and the demo's mailbox."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.scope import ScopedQuerySet
from governance.kernel.ui.choices import StyledChoices

from .ticket import Ticket


class InboundState(StyledChoices):
    """What became of a received mail. Nothing is thrown away."""

    RECEIVED = "received", "待处理", "warning", "clock"
    DONE = "done", "已办理", "success", "check"
    COMMENT = "comment", "转为留言", "info", "reply"
    QUARANTINE = "quarantine", "已隔离", "danger", "shield"
    AUTO = "auto", "自动回复，仅记录", "muted", "info"
    BOUNCE = "bounce", "退信", "warning", "alert"
    DISCARDED = "discarded", "已舍弃", "muted", "trash"


class InboundQuerySet(ScopedQuerySet):
    """Raw mail is for the two roles that release it."""

    def visible_to(self, actor: Actor) -> "InboundQuerySet":
        return self.all() if actor.posts_in(Role.CITY_OFFICE, Role.SYSTEM_ADMIN) else self.none()


class InboundMail(models.Model):
    """One received mail. The listener answers 250 only when this row is committed."""

    message_id = models.CharField(max_length=250)
    body_hash = models.CharField(max_length=64)
    envelope_from = models.CharField("信封发件人", max_length=250, blank=True)
    sender = models.CharField("发件人", max_length=250, blank=True)
    recipients = models.JSONField("收件人", default=list)
    subject = models.CharField("标题", max_length=250, blank=True)
    raw = models.BinaryField()
    received_at = models.DateTimeField("收到时间", default=clock.now)
    state = models.CharField("状态", max_length=10, choices=InboundState, default=InboundState.RECEIVED)
    reason = models.CharField("原因", max_length=200, blank=True)
    understood = models.CharField("理解为", max_length=60, blank=True)
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, blank=True, related_name="inbound")
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=clock.now)

    objects = InboundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "收到的邮件"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["message_id", "body_hash"], name="inbound_once")]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="received"), name="inbound_waiting"),
            models.Index(fields=["sender", "received_at"], name="inbound_sender"),
        ]

    def __str__(self) -> str:
        return self.subject or "（无标题）"

    def get_absolute_url(self) -> str:
        return reverse("quarantine-mail", args=[self.pk])


class MailboxMessage(models.Model):
    """The demo's mail world: what the portal sent to outside addresses, kept by the local mailbox server."""

    address = models.CharField("信箱", max_length=250)
    message_id = models.CharField(max_length=250)
    sender = models.CharField("发件人", max_length=250)
    reply_to = models.CharField(max_length=250, blank=True)
    subject = models.CharField("标题", max_length=250)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    received_at = models.DateTimeField("收到时间", default=clock.now)
    is_read = models.BooleanField("已读", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "演示信箱"
        ordering = ["-id"]
        indexes = [models.Index(fields=["address", "-id"], name="mailbox_address")]
