"""The trail for the auditor: list, one event, verification against the anchors."""

import json
from dataclasses import dataclass
from pathlib import Path

import django_filters as filters
from django import forms
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse

from .. import audit
from ..audit import AuditAnchor, AuditEvent, AuditSeal, Verdict, audit_verify
from ..ui.views import Column, DetailPage, ListPage, Page
from .permissions import READ_AUDIT

RECENT = 20_000  # links checked by the page's first button: under a second
WHOLE = 200_000  # links that a request may check; more is for manage.py verify_audit
DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
DOORS = [("web", "页面"), ("api", "接口"), ("link", "邮件链接"), ("mail", "邮件回复"), ("system", "系统")]


def event_url(event: AuditEvent) -> str:
    """The event's page."""
    return reverse("audit-event", args=[event.pk])


COLUMNS = [
    Column("label", "动作", primary=True, url=event_url, render=lambda event: event.label or event.action),
    Column("at", "时间", kind="datetime"),
    Column("actor_label", "经办", width=28),
    Column("via", "渠道", render=lambda event: dict(DOORS).get(event.via, event.via)),
    Column("thread", "所属事项", wide=True),
    Column(
        "to_status",
        "状态",
        render=lambda event: f"{event.from_status} → {event.to_status}" if event.to_status else "—",
        wide=True,
    ),
    Column("note", "说明", wide=True, width=48),
]


class AuditFilter(filters.FilterSet):
    """Events by time, action, person, door and case."""

    action = filters.CharFilter(label="动作代码", lookup_expr="istartswith", max_length=60)
    who = filters.CharFilter(label="经办", field_name="actor_label", lookup_expr="icontains", max_length=40)
    since = filters.DateFilter(label="自", field_name="at", lookup_expr="date__gte", widget=DAY)
    until = filters.DateFilter(label="至", field_name="at", lookup_expr="date__lte", widget=DAY)
    via = filters.ChoiceFilter(label="渠道", empty_label="全部", choices=DOORS)
    thread = filters.CharFilter(label="所属事项", max_length=40)

    class Meta:
        model = AuditEvent
        fields: list[str] = []


class AuditList(ListPage):
    """All events, newest first, with what the last anchor says."""

    title = "审计"
    subtitle = "所有变更的记录：只增不改，链式散列，每日在库外留锚点。"
    icon = "eye"
    permission = READ_AUDIT
    model = AuditEvent
    columns = COLUMNS
    filterset_class = AuditFilter
    template_name = "governance/kernel/audit.html"
    export_name = "审计记录"

    def extra_context(self):
        """The chain's head and the latest anchors."""
        return {
            "head_seal": AuditSeal.objects.order_by("-sequence").first(),
            "anchors": AuditAnchor.objects.order_by("-day")[:7],
            "recent": RECENT,
        }


class AuditEventPage(DetailPage):
    """One event with its link of the chain."""

    permission = READ_AUDIT
    model = AuditEvent
    badge_field = ""
    icon = "eye"
    template_name = "governance/kernel/audit_event.html"

    def get_queryset(self):
        """With its seal."""
        return AuditEvent.objects.select_related("seal")

    def crumbs(self):
        """From the list."""
        return [("审计", reverse("audit")), (self.object.label or self.object.action, "")]

    def facts(self):
        """Everything that is hashed, and the hash."""
        event = self.object
        seal = getattr(event, "seal", None)
        return [
            ("编号", event.pk), ("时间", f"{event.at:%Y-%m-%d %H:%M:%S} UTC"), ("动作", event.action), ("经办", event.actor_label),
            ("渠道", dict(DOORS).get(event.via, event.via)), ("所属事项", event.thread),
            ("对象", f"{event.subject_type} {event.subject_id}"),
            ("链上序号", seal.sequence if seal else "待封存（数秒内）"), ("SM3 散列", seal.hash if seal else "—"),
        ]  # fmt: skip

    def extra_context(self):
        """The content as it is kept."""
        return {"content": json.dumps(self.object.data, ensure_ascii=False, indent=2), "note": self.object.note}


@dataclass(frozen=True)
class Anchor:
    """A head as the log outside the database has it."""

    day: str
    sequence: int
    hash: str


def anchors_outside(path: Path | None = None) -> list[Anchor]:
    """Read ``anchors.log``; lines that are none of ours are passed over."""
    path = path or settings.VAR_DIR / "anchors" / "anchors.log"
    if not path.exists():
        return []
    parts = [line.split() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    return [
        Anchor(day, int(number), digest)
        for day, number, digest in (p for p in parts if len(p) == 3 and p[1].isdecimal())
    ]


def check(*, last: int = 0) -> Verdict:
    """Recompute the chain (its ``last`` links) and compare it with every anchor kept outside the database."""
    verdict = audit_verify(last=last)
    if verdict.problem:
        return verdict
    for anchor in anchors_outside():
        if AuditSeal.objects.filter(sequence=anchor.sequence).values_list("hash", flat=True).first() != anchor.hash:
            return Verdict(anchor.sequence, 0, f"与 {anchor.day} 的库外锚点不符：链被截断或重写")
    return verdict


class Verify(Page):
    """Check the chain; POST, because the check itself is recorded."""

    http_method_names = ["post"]
    permission = READ_AUDIT

    def post(self, request):
        """Check what a request can bear and say what came of it."""
        whole = request.POST.get("scope") == "whole"
        top = AuditSeal.objects.order_by("-sequence").first()
        if top is None:
            messages.info(request, "还没有已封存的审计事件。")
            return redirect("audit")
        if whole and top.sequence > WHOLE:
            messages.warning(request, f"全链有 {top.sequence} 条，请在服务器上运行 manage.py verify_audit。")
            return redirect("audit")
        verdict = check(last=0 if whole else RECENT)
        audit.record(
            action="audit.verify", label="校验审计链", by=self.actor, subject=top, thread="audit",
            data={"whole": whole, "until": verdict.checked, "problem": verdict.problem},
        )  # fmt: skip
        self.tell(verdict, whole)
        return redirect("audit")

    def tell(self, verdict: Verdict, whole: bool) -> None:
        """The verdict as a message."""
        if verdict.problem:
            messages.error(self.request, f"审计链不完整：{verdict.problem}。请立即保全数据库和库外锚点，并报告。")
            return
        scope = "全链" if whole else f"最近 {min(RECENT, verdict.checked)} 条"
        pending = f"，另有 {verdict.pending} 条待封存" if verdict.pending else ""
        messages.success(self.request, f"{scope}校验通过：截至第 {verdict.checked} 号，与库外锚点一致{pending}。")
