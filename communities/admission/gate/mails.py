"""Mails of demands. Communities get a quiet word, few a day and none at night; their desk holds the rest (减负 B07, B08)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Q
from django.utils import timezone

from governance.accounts.models import Appointment
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.outbox import OutboxMail, mail_enqueue
from governance.kernel.policy import policy
from governance.territory.models import Department

from ..models import Demand

FOOT = "登录门户后在工作台办理；不必回复本邮件。到期前不会催办。"


def on_send(*, by: Actor, demand: Demand) -> None:
    """Tell each community once, quietly; a community that had its three today finds it on its desk."""
    places = list(demand.targets.values_list("community_id", flat=True))
    rows = Appointment.objects.in_force().filter(role=Role.COMMUNITY, community_id__in=places).exclude(user__email="")
    addresses = {row.user.email: row.user.name for row in rows.select_related("user")}
    already = _sent_today(addresses)
    for address, name in addresses.items():
        if already[address.lower()] >= policy("admission.notices_per_day"):
            continue
        mail_enqueue(
            key=f"demand:{demand.pk}:{address.lower()}"[:120], thread=demand.thread, to_address=address, to_name=name,
            subject=f"【社区待办】{demand.title}", text=_words(demand), digestible=True, urgent=demand.is_emergency,
        )  # fmt: skip


def _words(demand: Demand) -> str:
    return (
        f"{demand.department} 依据准入事项 {demand.item.code} {demand.item.name} 提出一项要求：\n\n{demand.content}\n\n"
        f"预计 {demand.minutes} 分钟，{demand.due_on:%Y-%m-%d} 前完成。认为不合规的，可以一键依规拒收。\n{FOOT}"
    )


def _sent_today(addresses) -> Counter:
    """How many mails of demands each address has got today."""
    morning = datetime.combine(clock.today(), time(), timezone.get_default_timezone())
    rows = OutboxMail.objects.filter(
        to_address__in=list(addresses), created_at__gte=morning, thread__startswith="demand:"
    )
    return Counter(address.lower() for address in rows.values_list("to_address", flat=True))


def on_submit(*, by: Actor, demand: Demand) -> None:
    """Ask those who approve: the district's social work department, or the city's."""
    for office in social_offices(demand.unit_id):
        mail_enqueue(
            key=f"demand.submit:{demand.pk}:{office.key}", thread=demand.thread, to_address=office.email,
            to_name=office.short_name, subject=f"【增负说明】{demand.department}：{demand.title}",
            text=f"{demand.department} 的要求超出本年负担额度，等待审批。\n\n理由：{demand.over_quota_reason}\n\n请登录门户办理。",
            digestible=True,
        )  # fmt: skip


def on_decline(*, by: Actor, demand: Demand) -> None:
    """Tell the department why not."""
    if demand.department.email:
        mail_enqueue(
            key=f"demand.decline:{demand.pk}", thread=demand.thread, to_address=demand.department.email,
            to_name=demand.department.short_name, subject=f"【增负未获批准】{demand.title}",
            text=f"要求没有下达。\n\n审批意见：{demand.decision}",
        )  # fmt: skip


@dataclass(frozen=True)
class Office:
    """Who gets a mail: its address, its name and what tells it from others."""

    key: str
    email: str
    short_name: str


def social_offices(unit_id: int | None) -> list[Office]:
    """The social work department of a unit, or of the city; without an address of its own those who work there."""
    from governance.whistles.mail.recipients import SOCIAL_WORK

    place = Q(level="unit", unit_id=unit_id) if unit_id else Q(level="city")
    rows = Department.objects.active().filter(place, short_name__contains=SOCIAL_WORK).exclude(email="")
    if offices := [Office(str(row.pk), row.email, row.short_name) for row in rows]:
        return offices
    post = Q(role=Role.UNIT_SOCIAL, unit_id=unit_id) if unit_id else Q(role=Role.CITY_OFFICE)
    people = Appointment.objects.in_force().filter(post).exclude(user__email="").select_related("user")
    return [Office(f"u{row.user_id}", row.user.email, row.user.name) for row in people]
