"""Pages of refusals: who may know the community sees it, everybody else the street."""

from django.urls import reverse
from django.utils import timezone

from governance.accounts.roles import COMMUNITY_ROLES, STREET_ROLES
from governance.kernel.audit import AuditEvent
from governance.kernel.deadlines import deadline_of
from governance.kernel.ui.views import ActionView, Column, DetailPage, ListPage

from ..gate.filters import RefusalFilter
from ..models import Refusal
from ..workflow import REFUSAL_FLOW
from . import services
from .anonymity import knows, where
from .selectors import refusal_rows

LABELS = {services.ANSWER: "部门答复时限", services.RULING: "裁决时限"}


class RefusalList(ListPage):
    """/refusals/"""

    title, icon, model, filterset_class = "依规拒收", "shield", Refusal, RefusalFilter
    subtitle = "社区对不合规要求的拒收与部门的纠正。拒收不计负面，向上只显示街道。"
    empty_title, empty_text = "没有拒收", "社区依规拒收后会列在这里。"

    @property
    def columns(self) -> list[Column]:
        """The place is what this reader may know; sorting by it could say more, so it is not offered."""
        actor = self.actor
        return [
            Column("number", "编号", kind="code", primary=True, sort="number"),
            Column("status", "状态", kind="status", sort="status"),
            Column("demand.title", "要求", width=40),
            Column("reason", "理由", render=lambda row: row.get_reason_display(), sort="reason"),
            Column("where", "地点", render=lambda row: where(row, actor), width=30),
            Column("department.short_name", "派发部门", sort="department__code"),
            Column("filed_at", "拒收时间", kind="date", sort="filed_at", render=day_of),
        ]

    def get_queryset(self):
        """With what a row shows."""
        return refusal_rows()


def day_of(row: Refusal):
    """The day: the minute is nobody's business."""
    return timezone.localdate(row.filed_at)


class RefusalPage(DetailPage):
    """/refusals/<pk>/"""

    model, flow, icon = Refusal, REFUSAL_FLOW, "shield"
    template_name = "communities/admission/refusal.html"

    def get_queryset(self):
        """With what is shown."""
        return refusal_rows()

    def head(self):
        """Number and the demand's title."""
        return super().head() | {"title": f"依规拒收：{self.object.demand.title}"}

    def crumbs(self):
        """From the list."""
        return [("依规拒收", reverse("refusals")), (self.object.number, "")]

    def facts(self) -> list:
        """Where and why; the target only for those who may open it."""
        row = self.object
        near = knows(self.actor, row) and self.actor.posts_in(*STREET_ROLES, *COMMUNITY_ROLES)
        link = (row.target.get_absolute_url(),) if near else ()
        return [
            ("编号", row.number), ("地点", where(row, self.actor), *link), ("派发部门", row.department),
            ("要求", row.demand.number, row.demand.get_absolute_url()), ("理由", row.get_reason_display()),
            ("拒收日期", day_of(row)),
        ]  # fmt: skip

    def clock(self) -> dict | None:
        """The limit that runs."""
        limit = deadline_of(services.SUBJECT, self.object.pk)
        if limit is None:
            return None
        return {
            "due_at": limit.due_at, "started_at": limit.starts_at, "state": "running", "provisional": limit.provisional,
            "label": LABELS.get(limit.stage, ""),
        }  # fmt: skip

    def events(self) -> list:
        """The refusal's own history; the filer is nobody in it."""
        rows = AuditEvent.objects.filter(subject_type="refusal", subject_id=self.object.pk).order_by("-id")
        return [
            {"at": row.at, "title": row.label or row.action, "who": row.actor_label, "body": row.note} for row in rows
        ]


class RefusalAction(ActionView):
    """/refusals/<pk>/actions/<withdraw|amend|contest|uphold|overrule>/"""

    model, flow = Refusal, REFUSAL_FLOW
    messages_by_action = {
        "withdraw": "已撤回，社区不必办理。", "amend": "已修改，社区按修改后的要求办理。", "contest": "已申请裁决，裁决前社区不必办理。",
        "uphold": "裁决：拒收成立，社区不必办理。", "overrule": "裁决：拒收不成立，社区恢复办理。",
    }  # fmt: skip

    def run(self, action, note, version):
        """The service of the step."""
        return getattr(services, f"refusal_{action}")(refusal=self.object, by=self.actor, note=note, version=version)
