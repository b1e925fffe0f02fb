"""The form linter (domain-rules 13.3): what may go out, what needs approval, what must be corrected first."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from communities.admission.gate.terms import Marks, admits
from communities.admission.models import DemandTarget
from communities.admission.states import FORMS_WITH_MARKS
from governance.kernel import clock
from governance.kernel.policy import policy
from governance.kernel.ui.choices import StyledChoices

from .models import Form
from .states import Kind
from .stripping import Plan

WHY = "统计调查类报表可依统计法第十七条拒绝，其他报表按准入制度可拒收，因此不能下发。"


class Level(StyledChoices):
    """What a finding means."""

    REFUSED = "refused", "须更正", "warning", "alert"
    APPROVAL = "approval", "须审批", "warning", "eye"
    NOTE = "note", "提示", "info", "info"
    GOOD = "good", "符合", "success", "check"


@dataclass(frozen=True)
class Finding:
    """One line: the number of the rule, how bad it is, in words."""

    rule: str
    level: Level
    text: str


def marks_of(form: Form) -> Marks:
    """The four marks as the gate wants them."""
    return Marks(form.form_code, form.issuer, form.approval_no, form.valid_to)


def missing_marks(form: Form) -> dict[str, str]:
    """Which of the marks are missing, by field: a form without them is refusable (domain-rules 18.2)."""
    found = {}
    for name, label in (("form_code", "表号"), ("issuer", "制定机关"), ("approval_no", "批准或备案文号")):
        if not getattr(form, name).strip():
            found[name] = f"请填写{label}。{WHY}"
    if form.valid_to is None:
        found["valid_to"] = f"请填写有效期。{WHY}"
    elif form.valid_to < clock.today():
        found["valid_to"] = f"有效期已过（{form.valid_to:%Y-%m-%d}）。{WHY}"
    if form.item_id is None:
        found["item"] = "请选择准入事项：没有准入号不能下发。"
    return found


def item_problem(form: Form) -> str:
    """Why the admission item does not carry this form; "" when it does."""
    if form.item.form not in FORMS_WITH_MARKS:
        return f"{form.item.code} 不是报表台账或调查统计类的准入事项。"
    if not form.item.is_in_force():
        return f"{form.item.code} 今天不在有效期内。"
    return "" if admits(form.item, form.department) else f"{form.item.code} 不是本部门的准入事项。"


def lint(*, form: Form, plan: Plan, required: Sequence[str] = ()) -> list[Finding]:
    """Everything there is to say about a form before it goes out; ``required`` are the codes that must be answered."""
    return [
        *(Finding("18.2", Level.REFUSED, text) for text in missing_marks(form).values()),
        *([Finding("18.2", Level.REFUSED, item_problem(form))] if form.item_id and item_problem(form) else []),
        *_manual(plan),
        *_photos(plan, required),
        *_automatic(plan),
        *(_frequency(form, plan) if plan.manual else []),
    ]


def needs_approval(findings: Sequence[Finding]) -> list[str]:
    """The texts of what only an approval lets pass."""
    return [row.text for row in findings if row.level == Level.APPROVAL]


def _manual(plan: Plan) -> list[Finding]:
    """B02 and B03: how much is left to type."""
    most, longest, count = policy("redline.manual_fields"), policy("collection.minutes_most"), len(plan.manual)
    level = Level.APPROVAL if count > most else Level.GOOD
    found = [Finding("B02", level, f"人工填写 {count} 项，上限 {most} 项。")]
    level = Level.APPROVAL if plan.minutes > longest else Level.GOOD
    found.append(Finding("B02", level, f"每社区预计 {plan.minutes} 分钟，上限 {longest} 分钟。"))
    target = policy("collection.prefill_percent")
    level = Level.GOOD if plan.prefill_percent >= target else Level.NOTE
    return [*found, Finding("B03", level, f"预填率 {plan.prefill_percent:g}%，目标 {target}%。")]


def _photos(plan: Plan, required: Sequence[str]) -> list[Finding]:
    """B06: material is optional unless approved."""
    must = [row.name for row in plan.manual if row.kind == Kind.FILE and row.code in required]
    if must:
        return [Finding("B06", Level.APPROVAL, f"材料项设为必填：{'、'.join(must)}。请改为选填，或报请审批。")]
    return [Finding("B06", Level.GOOD, "没有必填的材料、照片。")]


def _automatic(plan: Plan) -> list[Finding]:
    """B09: what a system provides nobody types."""
    missing = [line["element"].name for line in plan.lines() if line["automatic"]]
    if missing:
        text = f"{'、'.join(missing[:5])} 等 {len(missing)} 项由源部门系统提供，缺的向源部门取，不让社区填。"
        return [Finding("B09", Level.NOTE, text)]
    return [Finding("B09", Level.GOOD, "没有既自动取数又人工报的字段。")]


def _frequency(form: Form, plan: Plan) -> list[Finding]:
    """B04: forms of this month and surveys of this year that the same communities already have."""
    if form.item_id is None:
        return []
    today, survey = clock.today(), form.item.form == "survey"
    since = today.replace(month=1, day=1) if survey else today.replace(day=1)
    most = policy("collection.surveys_a_year") if survey else policy("collection.forms_a_month")
    rows = DemandTarget.objects.live().filter(
        community_id__in=[row.pk for row in plan.reached], demand__form=form.item.form, day__gte=since,
        demand__collection_form__isnull=False,
    )  # fmt: skip
    over = rows.values("community_id").annotate(times=Count("pk")).filter(times__gte=most).count()
    words = "每年调查" if survey else "每月新增报表"
    if over:
        return [Finding("B04", Level.APPROVAL, f"{over} 个社区已达到{words} {most} 次的上限。")]
    return [Finding("B04", Level.GOOD, f"没有社区超过{words} {most} 次的上限。")]
