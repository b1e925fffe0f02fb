"""The incident and what the reporting side said of it in the end."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.guards import append_only
from governance.kernel.scope import ScopedQuerySet

from .. import triggers
from ..querysets import IncidentQuerySet
from ..states import OPEN, Door, HandlingLevel, IncidentStatus, MoveKind, Verdict
from ..workflow import INCIDENT_FLOW

IS_OPEN = Q(status__in=[str(one.value) for one in OPEN])
PLACE = "governance.Division"


class Incident(models.Model):
    """事件: what somebody saw somewhere. ``lon``/``lat`` (WGS 84) only when the reporter gave them himself.

    ``level`` (and ``department``) have it now; ``rule`` and ``routing`` (ids and reasons of the rules considered) say why.
    ``client_key`` is the reporter's own number of the draft: the same again is the same incident.
    ``late_count`` counts the steps that were taken after their limit; ``handled_in_time`` is of the handling that stands.
    """

    number = models.CharField("编号", max_length=32, unique=True)
    grid = models.ForeignKey(
        "governance.Grid", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="网格", db_index=False
    )
    community = models.ForeignKey(PLACE, models.PROTECT, related_name="+", verbose_name="社区（村）", db_index=False)
    street = models.ForeignKey(PLACE, models.PROTECT, related_name="+", verbose_name="街道", db_index=False)
    unit = models.ForeignKey(
        "governance.ManagementUnit", models.PROTECT, related_name="+", verbose_name="区县", db_index=False
    )
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    category = models.ForeignKey(
        "governance.Category", models.PROTECT, related_name="+", verbose_name="分类", db_index=False
    )
    words = models.TextField("情况", max_length=2000)
    reporter = models.ForeignKey(
        "governance.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="上报人",
        db_index=False,
    )
    door = models.CharField("来源", max_length=8, choices=Door, default=Door.WEB)
    client_key = models.CharField("草稿号", max_length=64, null=True, blank=True)
    status = models.CharField("状态", max_length=10, choices=IncidentStatus, default=IncidentStatus.REPORTED)
    version = models.PositiveIntegerField(default=1)
    level = models.CharField("处置层级", max_length=10, choices=HandlingLevel, blank=True)
    department = models.ForeignKey(
        "governance.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="处置部门", db_index=False
    )  # fmt: skip
    rule = models.ForeignKey(
        "grid.RoutingRule",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="派遣规则",
        db_index=False,
    )
    routing = models.JSONField("派遣依据", default=dict, blank=True)
    due_at = models.DateTimeField("本步时限", null=True, blank=True)
    reroute_count = models.PositiveSmallIntegerField("改派次数", default=0)
    return_count = models.PositiveSmallIntegerField("退回次数", default=0)
    rework_count = models.PositiveSmallIntegerField("返工次数", default=0)
    late_count = models.PositiveSmallIntegerField("超时步数", default=0, db_default=0)
    handled_in_time = models.BooleanField("按期处置", null=True)
    recurrence_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复发自", db_index=False
    )
    whistle = models.OneToOneField(
        "governance.Whistle", models.PROTECT, null=True, blank=True, related_name="incident", verbose_name="哨单"
    )
    reported_at = models.DateTimeField("上报时间", default=clock.now)
    accepted_at = models.DateTimeField("立案时间", null=True, blank=True)
    handled_at = models.DateTimeField("处置完毕", null=True, blank=True)
    closed_at = models.DateTimeField("结案时间", null=True, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事件"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "client_key"], condition=Q(client_key__isnull=False), nulls_distinct=False,
                name="incident_once_a_key",
            ),
            models.CheckConstraint(name="incident_point", condition=Q(lon=None, lat=None) | Q(
                lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90)),
            models.CheckConstraint(
                name="incident_department_by_level", condition=Q(department=None) | Q(level=HandlingLevel.DEPARTMENT)
            ),
            models.CheckConstraint(
                name="incident_handled_by_somebody",
                condition=~Q(status__in=["handling", "verifying", "verified", "whistled"]) | ~Q(level=""),
            ),
            models.CheckConstraint(
                name="incident_whistled_has_whistle", condition=~Q(status="whistled") | Q(whistle__isnull=False)
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["unit", "-id"], name="incident_unit"),
            models.Index(fields=["street", "-id"], name="incident_street"),
            models.Index(fields=["community", "-id"], name="incident_community"),
            models.Index(fields=["department", "-id"], condition=Q(department__isnull=False), name="incident_department"),
            models.Index(fields=["reporter", "-id"], condition=Q(reporter__isnull=False), name="incident_reporter"),
            models.Index(fields=["unit", "-id"], condition=IS_OPEN, name="incident_unit_open"),
            models.Index(fields=["street", "-id"], condition=IS_OPEN, name="incident_street_open"),
            models.Index(fields=["community", "-id"], condition=IS_OPEN, name="incident_community_open"),
            models.Index(fields=["street", "due_at", "id"], condition=IS_OPEN, name="incident_street_due"),
            models.Index(
                fields=["community", "category", "closed_at"], condition=Q(closed_at__isnull=False), name="incident_recurrence"
            ),
            models.Index(fields=["-reported_at", "-id"], condition=Q(door=Door.OPEN311), name="incident_open311"),
        ]  # fmt: skip
        triggers = [
            INCIDENT_FLOW.trigger("incident_flow"), triggers.incident_in_its_place, triggers.incident_keeps_its_origin,
            triggers.incident_is_never_deleted,
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.headline}"

    def get_absolute_url(self) -> str:
        """The incident's page."""
        return reverse("incident", args=[self.pk])

    @property
    def headline(self) -> str:
        """The first words, for lists."""
        text = " ".join(self.words.split())
        return text if len(text) <= 40 else f"{text[:39]}…"

    @property
    def thread(self) -> str:
        """The case that history, mails and files belong to."""
        return f"incident:{self.pk}"


class Move(models.Model):
    """退回、改派: it was taken from whoever had it, with the reason; kept for ever. Of levels and departments, never of a person."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="moves", verbose_name="事件")
    unit = models.ForeignKey("governance.ManagementUnit", models.PROTECT, related_name="+", db_index=False)
    street = models.ForeignKey(PLACE, models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(
        "governance.Category", models.PROTECT, related_name="+", verbose_name="分类", db_index=False
    )
    kind = models.CharField("方式", max_length=9, choices=MoveKind)
    level = models.CharField("原处置层级", max_length=10, choices=HandlingLevel)
    department = models.ForeignKey(
        "governance.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="原处置部门",
        db_index=False,
    )
    reason = models.TextField("理由", max_length=2000)
    moved_at = models.DateTimeField("时间", default=clock.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "退回改派"
        indexes = [
            models.Index(fields=["category", "unit", "-id"], name="incident_move_why"),
            models.Index(fields=["department"], condition=Q(department__isnull=False), name="incident_move_of"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return self.get_kind_display()


class Evaluation(models.Model):
    """What the reporting side said of the level that handled it: one per incident, for ever."""

    incident = models.OneToOneField(Incident, models.PROTECT, related_name="evaluation", verbose_name="事件")
    level = models.CharField("处置层级", max_length=10, choices=HandlingLevel)
    verdict = models.CharField("评价", max_length=8, choices=Verdict)
    words = models.CharField("说明", max_length=300, blank=True)
    created_at = models.DateTimeField("评价时间", default=clock.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "事件评价"
        triggers = append_only()

    def __str__(self) -> str:
        return self.get_verdict_display()
