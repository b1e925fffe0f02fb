"""One department's part in a whistle."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from governance.kernel import clock

from ..querysets import TicketQuerySet
from ..states import TICKET_OPEN, ArriveMode, Outcome, Stage, TicketRole, TicketStatus
from ..workflow import TICKET_FLOW
from .whistle import Whistle

LIVE = ["reassigned", "terminated", "merged"]


class Ticket(models.Model):
    """部门工单: addressed to one department and, where it has one, its station in the street.

    Place, department and category columns repeat the whistle's, so that every work list is one index walk (performance.md 1).
    ``due_at`` is the end of the limit that runs now; empty while no clock of the department runs.
    """

    whistle = models.ForeignKey(Whistle, models.PROTECT, related_name="tickets", verbose_name="哨单")
    department = models.ForeignKey(
        "governance.Department", models.PROTECT, related_name="tickets", verbose_name="承办部门", db_index=False
    )
    station = models.ForeignKey(
        "governance.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="驻街道机构",
        db_index=False,
    )
    superior = models.ForeignKey(
        "governance.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="上级部门",
        db_index=False,
    )
    street = models.ForeignKey(
        "governance.Division", models.PROTECT, related_name="+", verbose_name="街道", db_index=False
    )
    unit = models.ForeignKey(
        "governance.ManagementUnit", models.PROTECT, related_name="+", verbose_name="区县", db_index=False
    )
    community = models.ForeignKey(
        "governance.Division",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="社区（村）",
        db_index=False,
    )
    category = models.ForeignKey(
        "governance.Category", models.PROTECT, related_name="+", verbose_name="事项分类", db_index=False
    )
    scene = models.CharField("情形", max_length=14)
    is_confidential = models.BooleanField("涉密或涉隐私", default=False)
    role = models.CharField("分工", max_length=6, choices=TicketRole)
    status = models.CharField("状态", max_length=16, choices=TicketStatus, default=TicketStatus.PENDING_SIGN)
    version = models.PositiveIntegerField(default=1)
    stage = models.CharField("当前时限", max_length=12, choices=Stage, blank=True)
    due_at = models.DateTimeField("到期", null=True, blank=True)
    created_at = models.DateTimeField("派发时间", default=clock.now)
    accepted_at = models.DateTimeField("签收时间", null=True, blank=True)
    contacted_at = models.DateTimeField("联系时间", null=True, blank=True)
    arrived_at = models.DateTimeField("报到时间", null=True, blank=True)
    arrive_mode = models.CharField("报到方式", max_length=8, choices=ArriveMode, blank=True)
    arrived_by = models.CharField("报到人", max_length=60, blank=True)
    done_at = models.DateTimeField("报办结时间", null=True, blank=True)
    verified_at = models.DateTimeField("核实时间", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    outcome = models.CharField("办结类型", max_length=18, choices=Outcome, blank=True)
    rework_count = models.PositiveSmallIntegerField("返工次数", default=0)
    was_hung = models.BooleanField("曾挂账", default=False)
    is_excluded = models.BooleanField("裁决无责", default=False)
    merged_from = models.CharField("并入前状态", max_length=16, blank=True)
    is_synthetic = models.BooleanField("演示数据", default=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "部门工单"
        constraints = [
            # A reassigned or ended ticket does not stand in the way of a new one for the same department.
            models.UniqueConstraint(
                fields=["whistle", "department"], condition=~Q(status__in=LIVE), name="ticket_once_per_department"
            ),
        ]
        indexes = [
            models.Index(fields=["department", "-id"], name="ticket_department"),
            models.Index(fields=["station", "-id"], name="ticket_station"),
            models.Index(fields=["superior", "-id"], name="ticket_superior"),
            models.Index(fields=["street", "-id"], name="ticket_street"),
            models.Index(fields=["unit", "-id"], name="ticket_unit"),
            models.Index(fields=["community", "-id"], name="ticket_community"),
            models.Index(
                fields=["street", "-id"], condition=Q(status__in=list(TICKET_OPEN)), name="ticket_street_open"
            ),
            models.Index(fields=["unit", "-id"], condition=Q(status__in=list(TICKET_OPEN)), name="ticket_unit_open"),
            models.Index(
                fields=["department", "-id"], condition=Q(status__in=list(TICKET_OPEN)), name="ticket_department_open"
            ),
            models.Index(
                fields=["street", "due_at", "id"], condition=Q(due_at__isnull=False), name="ticket_street_due"
            ),
            models.Index(fields=["unit", "due_at", "id"], condition=Q(due_at__isnull=False), name="ticket_unit_due"),
            models.Index(
                fields=["department", "due_at", "id"], condition=Q(due_at__isnull=False), name="ticket_department_due"
            ),
            # The dashboard counts what stands open from this index alone: at a million tickets 142 ms became 44.
            models.Index(
                fields=["unit", "street", "department", "status", "due_at"],
                condition=Q(status__in=list(TICKET_OPEN)),
                name="ticket_stock",
            ),
            models.Index(fields=["unit", "-id"], condition=Q(status="disputed"), name="ticket_disputed"),
            models.Index(fields=["created_at", "department"], name="ticket_created"),
        ]
        triggers = [TICKET_FLOW.trigger("ticket_flow")]

    def __str__(self) -> str:
        return f"{self.whistle.number} {self.department}"

    def get_absolute_url(self) -> str:
        return reverse("ticket", args=[self.pk])

    @property
    def thread(self) -> str:
        return f"whistle:{self.whistle_id}"

    @property
    def is_late(self) -> bool:
        """Whether the limit that runs now has passed."""
        return self.due_at is not None and self.due_at < clock.now()
