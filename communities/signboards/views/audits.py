"""Campaigns: list, one campaign with its progress, its lines, deciding a line."""

from django.db.models import Count
from django.urls import reverse

from governance.kernel.ui.views import ActionView, DetailPage, FormPage, ListPage
from governance.territory.models import ManagementUnit

from .. import columns, forms, selectors, services
from ..filters import AuditFilter, AuditItemFilter
from ..models import SignboardAudit, SignboardAuditItem
from ..states import CHECK_VERDICTS, LOOK_BACK_VERDICTS, AuditKind, AuditStatus, Verdict
from ..workflow import AUDIT_FLOW
from .boards import root_crumb


def audits_crumb() -> tuple[str, str]:
    """The way back to the campaigns."""
    return "牌子核查", reverse("signboard-audits")


class AuditListPage(ListPage):
    """/signboards/audits/"""

    title, icon, model = "牌子核查", "search", SignboardAudit
    columns, filterset_class = columns.AUDIT_COLUMNS, AuditFilter
    subtitle = "自查、随机抽查、回头看；不要求社区填报和拍照。"
    empty_title, empty_text = "还没有核查", "区县社会工作部发起；随机抽查由系统每季度自动抽取。"

    def get_queryset(self):
        """With the number of lines."""
        return SignboardAudit.objects.select_related("unit").annotate(lines=Count("items"))

    def actions(self) -> list[dict]:
        """Begin one."""
        if not self.may("signboard_audit.run"):
            return []
        return [{"label": "发起核查", "url": reverse("signboard-audit-new"), "icon": "plus", "primary": True}]


class AuditNew(FormPage):
    """/signboards/audits/new/"""

    title, icon, permission, form_class = "发起核查", "search", "signboard_audit.run", forms.AuditForm
    consequence = "全面自查先由街道登记摸底；回头看直接列出近一年摘除的牌子。"
    success_message = "核查已发起。"

    def run(self, form):
        """For one's own district."""
        own = [post.unit_id for post in self.actor.posts_in("unit_social")]
        unit = ManagementUnit.objects.get(pk=own[0])
        return services.audit_open(by=self.actor, unit=unit, **form.facts())

    def cancel_url(self) -> str:
        """Back to the list."""
        return reverse("signboard-audits")

    def crumbs(self) -> list:
        """From the list."""
        return [root_crumb(), audits_crumb(), (self.title, "")]


class AuditPage(DetailPage):
    """/signboards/audits/<pk>/: where it stands, and its lines."""

    model, flow, icon = SignboardAudit, AUDIT_FLOW, "search"
    template_name = "communities/signboards/audit.html"

    def get_queryset(self):
        """With its district."""
        return SignboardAudit.objects.select_related("unit")

    def crumbs(self) -> list:
        """From the list."""
        return [root_crumb(), audits_crumb(), (self.object.number, "")]

    def facts(self) -> list:
        """What it is."""
        audit = self.object
        drawn = [("抽样种子", audit.seed), ("季度", audit.quarter)] if audit.kind == AuditKind.SPOT_CHECK else []
        shown = f"{audit.publicity_from} – {audit.publicity_until}" if audit.publicity_from else "尚未公示"
        return [
            ("编号", audit.number), ("类型", audit.get_kind_display()), ("区县", audit.unit), ("开始", audit.begins_on),
            ("完成期限", audit.due_on), ("公示期", shown), *drawn,
        ]  # fmt: skip

    def events(self) -> list:
        """What happened."""
        return selectors.history(self.object.thread)

    def moves(self) -> list:
        """The flow's steps, and taking the suggestions."""
        audit, moves = self.object, super().moves()
        if audit.status == AuditStatus.COMPARING and self.may("signboard_audit.run", audit):
            adopt = {
                "name": "adopt",
                "label": "采纳建议",
                "icon": "check",
                "hint": "未填写的条目一律采纳系统建议，仍可逐块修改。",
            }
            moves = [adopt, *moves]
        return moves

    def extra_context(self) -> dict:
        """The lines that this reader sees: counts and the first of them."""
        items = SignboardAuditItem.objects.visible_to(self.actor).filter(audit=self.object)
        counted = dict(items.order_by().values_list("verdict").annotate(Count("id")))
        rows = items.select_related("board", "community", "department", "merge_into").order_by("verdict", "id")[:20]
        counts = [
            {"label": Verdict(key).label if key else "未填写", "value": value} for key, value in sorted(counted.items())
        ]
        return {
            "rows": list(rows),
            "row_columns": columns.AUDIT_LINES,
            "counts": counts,
            "items_url": columns.items_url(self.object),
        }


class AuditAction(ActionView):
    """/signboards/audits/<pk>/actions/<action>/"""

    model, flow = SignboardAudit, AUDIT_FLOW

    def run(self, action, note, version):
        """Take the step with what belongs to it."""
        return services.audit_step(audit=self.object, action=action, by=self.actor, note=note, version=version)


class AuditAdopt(ActionView):
    """/signboards/audits/<pk>/actions/adopt/"""

    model, action, object_permission = SignboardAudit, "adopt", "signboard_audit.run"

    def run(self, action, note, version):
        """Take the suggestions."""
        services.audit_adopt(audit=self.object, by=self.actor)

    def done_message(self, action) -> str:
        """How it went."""
        return "已采纳建议，请逐块核对后公示。"


class AuditItemsPage(ListPage):
    """/signboards/audit-items/?audit=: the lines of campaigns."""

    title, icon, model = "核查条目", "list", SignboardAuditItem
    columns, filterset_class, order = columns.ITEM_COLUMNS, AuditItemFilter, "id"

    def get_queryset(self):
        """With what the columns show."""
        return SignboardAuditItem.objects.select_related("board", "community", "department", "merge_into")

    def crumbs(self) -> list:
        """From the campaigns."""
        return [root_crumb(), audits_crumb(), (self.title, "")]


class AuditItemPage(FormPage):
    """/signboards/audit-items/<pk>/: decide one board."""

    model, icon, form_class = SignboardAuditItem, "search", forms.JudgeForm
    template_name = "communities/signboards/item.html"
    submit_label, success_message = "保存意见", "处理意见已保存。"
    consequence = "公示期满后才会整改；摘除由责任部门办理。"

    def get_queryset(self):
        """With board and campaign."""
        return SignboardAuditItem.objects.select_related(
            "board", "community", "street", "department", "merge_into", "audit"
        )

    def form_kwargs(self) -> dict:
        """A look-back asks something else."""
        look_back = self.object.audit.kind == AuditKind.LOOK_BACK
        return {"choices": LOOK_BACK_VERDICTS if look_back else CHECK_VERDICTS}

    def initial(self) -> dict:
        """What was decided or is suggested."""
        return {"verdict": self.object.verdict or self.object.suggestion, "note": self.object.note}

    def run(self, form):
        """Decide; the service refuses readers."""
        return services.audit_judge(item=self.object, by=self.actor, **form.facts())

    def success_url(self, result) -> str:
        """Back to the lines."""
        return columns.items_url(result.audit)

    def crumbs(self) -> list:
        """From the campaign."""
        return [
            audits_crumb(),
            (self.object.audit.number, self.object.audit.get_absolute_url()),
            (str(self.object), ""),
        ]

    def extra_context(self) -> dict:
        """Whether there is anything to decide now."""
        item = self.object
        open_now = item.audit.status == AuditStatus.COMPARING and self.may("signboard_audit.judge", item)
        facts = [
            ("牌子", item.board, item.board.get_absolute_url()), ("社区（村）", item.community), ("责任部门", item.department),
            ("建议", item.get_suggestion_display() or "—"), ("理由", item.reason or "—"), ("并入", item.merge_into or "—"),
            ("处理意见", item.get_verdict_display() or "未填写"), ("说明", item.note or "—"), ("社区意见", item.board.proposal or "无"),
        ]  # fmt: skip
        return {"item": item, "facts": facts, "open_now": open_now}
