"""Risks that only projects and their payments show: quotes, publicity, appeals."""

from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone

from funding.projects.models import Finding as Sign
from funding.projects.models import PaymentRequest, Project, PublicNotice
from funding.projects.states import FindingStatus, Notice, PaymentStatus
from governance.kernel.actor import Actor
from governance.kernel.policy import policy

from . import sources
from .facts import Finding, Payment
from .scope import Scope

GONE = (PaymentStatus.DRAFT, PaymentStatus.CANCELLED)
DAYS = {Notice.DECISION: "funding.decision_notice_days", Notice.FINAL: "funding.final_notice_days"}


def quotes(scope: Scope, actor: Actor, payments: Sequence[Payment]) -> list[Finding]:
    """Large payments with too few quotes, also those that a collective decision replaced."""
    needed = policy("funding.quotes_needed")
    rows = PaymentRequest.objects.visible_to(actor).filter(
        sources.payments(scope), amount_fen__gte=policy("funding.quotes_from_fen")
    ).exclude(status__in=GONE)  # fmt: skip
    return [
        Finding(
            "quotes", f"比价 {len(row.quotes)} 家，少于 {needed} 家" + ("，以集体决策代替" if row.collective else ""), str(row.community),
            row.amount_fen, timezone.localdate(row.created_at), str(row), row.get_absolute_url(),
        )
        for row in rows.select_related("community").order_by("id") if len(row.quotes) < needed
    ]  # fmt: skip


def publicity(scope: Scope, actor: Actor, payments: Sequence[Payment]) -> list[Finding]:
    """Publications shorter than the rule in force says."""
    rows = PublicNotice.objects.filter(
        sources.projects(scope, "project__"), project__in=Project.objects.visible_to(actor), round=F("project__round")
    )
    found, last = [], {}
    for row in rows.select_related("project__community").order_by("id"):
        last[row.project_id, row.kind] = row  # one that hung longer counts as it hung in the end
    for row in last.values():
        days, needed = (row.to_on - row.from_on).days + 1, policy(DAYS[Notice(row.kind)])
        if days < needed:
            project = row.project
            found.append(
                Finding("publicity", f"{row.get_kind_display()} {days} 日，少于 {needed} 日", str(project.community),
                        project.budget_fen, row.to_on, str(project), project.get_absolute_url())
            )  # fmt: skip
    return found


def appeals(scope: Scope, actor: Actor, payments: Sequence[Payment]) -> list[Finding]:
    """Signs of forbidden spending that were appealed against: under way and allowed."""
    rows = Sign.objects.visible_to(actor).filter(
        scope.within(), status__in=[FindingStatus.APPEALED, FindingStatus.ALLOWED], created_at__year=scope.year
    )
    return [
        Finding(
            "appeals", f"触发“{row.mark}”，{row.get_status_display()}：{row.appeal[:60]}", str(row.community),
            row.payment.amount_fen if row.payment else row.project.budget_fen, timezone.localdate(row.created_at),
            str(row.project or row.payment), row.get_absolute_url(),
        )
        for row in rows.select_related("community", "project", "payment").order_by("id")
    ]  # fmt: skip
