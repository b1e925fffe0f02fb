"""``manage.py write_docs``: the pages of docs/ that are drawn from the code (workflows, permissions, policy rules)."""

import tomllib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from communities.admission.applications.workflow import APPLICATION_FLOW
from communities.admission.workflow import DEMAND_FLOW, REFUSAL_FLOW, TARGET_FLOW
from communities.signboards.workflow import AUDIT_FLOW, RECHECK_FLOW, RECTIFICATION_FLOW, SIGNBOARD_FLOW
from funding.appropriations.workflow import BATCH_FLOW, LINE_FLOW, RUN_FLOW
from funding.disclosure.workflow import DISCLOSURE_FLOW, QUESTION_FLOW
from funding.projects.workflow import FINDING_FLOW, PAYMENT_FLOW, PROJECT_FLOW, REFUND_FLOW
from governance.accounts.roles import Role
from governance.kernel.clock import Unit
from governance.kernel.permission import MATRIX, Permission
from governance.kernel.policy import SourceMark, _flatten
from governance.kernel.setup import rule_files
from governance.kernel.workflow import Flow
from governance.whistles.workflow import TICKET_FLOW, WHISTLE_FLOW
from grid.collection.workflow import FORM_FLOW
from grid.incidents.workflow import INCIDENT_FLOW
from grid.lab.workflow import DATASET_FLOW

ROOT = Path(__file__).resolve().parents[3]  # where the rules lie; BASE_DIR is where the pages are written
NOTE = "<!-- Written by `manage.py write_docs`; a test compares it with the code. Do not edit. -->"
FLOWS = (
    ("Whistle 哨单", WHISTLE_FLOW, "WHISTLE_FLOW"),
    ("Ticket 部门工单", TICKET_FLOW, "TICKET_FLOW"),
    ("Application 准入申请", APPLICATION_FLOW, "APPLICATION_FLOW"),
    ("Demand 下行要求", DEMAND_FLOW, "DEMAND_FLOW"),
    ("Demand target 社区待办", TARGET_FLOW, "TARGET_FLOW"),
    ("Refusal 依规拒收", REFUSAL_FLOW, "REFUSAL_FLOW"),
    ("Signboard 牌子", SIGNBOARD_FLOW, "SIGNBOARD_FLOW"),
    ("Signboard campaign 牌子核查", AUDIT_FLOW, "AUDIT_FLOW"),
    ("Rectification 整改单", RECTIFICATION_FLOW, "RECTIFICATION_FLOW"),
    ("Re-check 回潮复查", RECHECK_FLOW, "RECHECK_FLOW"),
    ("Form 表格", FORM_FLOW, "FORM_FLOW"),
    ("Incident 网格事件", INCIDENT_FLOW, "INCIDENT_FLOW"),
    ("Open data set 开放数据", DATASET_FLOW, "DATASET_FLOW"),
    ("Entitlement run 经费核定", RUN_FLOW, "RUN_FLOW"),
    ("Disbursement batch 拨付批次", BATCH_FLOW, "BATCH_FLOW"),
    ("Disbursement line 拨付明细", LINE_FLOW, "LINE_FLOW"),
    ("Project 项目", PROJECT_FLOW, "PROJECT_FLOW"),
    ("Finding “七不用”提示", FINDING_FLOW, "FINDING_FLOW"),
    ("Payment request 支付申请", PAYMENT_FLOW, "PAYMENT_FLOW"),
    ("Refund 退款", REFUND_FLOW, "REFUND_FLOW"),
    ("Disclosure 经费公开", DISCLOSURE_FLOW, "DISCLOSURE_FLOW"),
    ("Question about money 经费提问", QUESTION_FLOW, "QUESTION_FLOW"),
)
REACHES = {
    "anywhere": "everywhere",
    "in_unit": "own district",
    "in_street": "own street",
    "in_community": "own community",
    "of_department": "own department or station",
    "city_wide": "what is the whole city's",
    "in_district": "own district and the city's",
    "in_line": "own department, those under it and the city's",
}


def _cell(value: object) -> str:
    return " ".join(str(value).replace("|", "\\|").split())


def _table(heads: list[str], rows: list[list]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return [*lines, *(f"| {' | '.join(_cell(value) for value in row)} |" for row in rows), ""]


def _steps(flow: Flow) -> list[list]:
    rows = []
    for step in flow.transitions.values():
        states = flow.states
        sources = "、".join(str(states(source).label) for source in step.sources)
        ends = "、".join(str(states(end).label) for end in step.ends) or "（不变）"
        if step.targets:
            ends = "（并入前的状态）"
        if len(step.sources) > 4:
            sources = "（所有未结束的状态）"
        guards = "、".join(f"`{guard.__name__}`" for guard in step.guards)
        rows.append([f"`{step.name}` {step.label}", sources, ends, f"`{step.permission}`", guards, step.hint])
    return rows


def _holders(row: Permission) -> str:
    parts = []
    for role, reach in row.reach.items():
        parts.append(f"{Role(role).label} ({REACHES.get(reach.__name__, reach.__name__)})")
    return "; ".join([*parts, *(["the system"] if row.system else [])])


def workflows() -> str:
    """docs/workflows.md: the state machines as diagrams and tables, and the permission matrix."""
    lines = [
        "# Workflows and permissions", "", NOTE, "",
        "From [whistles/workflow.py](../governance/whistles/workflow.py), [whistles/states.py](../governance/whistles/states.py),"
        " [admission/workflow.py](../communities/admission/workflow.py)"
        " and the permissions that the slices register. `Flow.fire` is the only writer of `status`; a database trigger"
        " drawn from the same table refuses what bypasses it. A guard is a function of"
        " [whistles/guards.py](../governance/whistles/guards.py) that gives a reason for refusing.", "",
    ]  # fmt: skip
    for title, flow, name in FLOWS:
        lines += [f"## {title} (`{name}`)", "", "```mermaid", flow.mermaid(), "```", ""]
        lines += _table(["step", "from", "to", "permission", "guards", "what it does"], _steps(flow))
    lines += [
        "## Who may do what",
        "",
        "A role says what, its appointment says where. Without a row nothing is allowed.",
        "",
    ]
    lines += _table(
        ["permission", "", "held by (reach)"],
        [[f"`{key}`", row.label, _holders(row)] for key, row in sorted(MATRIX.items())],
    )
    return "\n".join(lines)


def _value(fields: dict) -> str:
    unit = fields.get("unit", "")
    words = dict(Unit.choices).get(unit, unit)
    value = fields["value"]
    shown = {True: "是", False: "否"}[value] if isinstance(value, bool) else value
    return f"{shown} {words}".strip()


def policy() -> str:
    """docs/policy.md: every rule that a new portal is loaded with."""
    lines = [
        "# Policy rules", "", NOTE, "",
        "What a new portal is loaded with. Code reads `policy(\"key\")`; on the spot a rule is changed by adding its next"
        " version on the page 规则 (`/rules/`), never by editing these files. The column *source* says how far a value is"
        " the city's own:", "",
        *(f"- **{mark.label}** (`{mark.value}`)" for mark in SourceMark), "",
    ]  # fmt: skip
    for path in rule_files():
        rows = [
            [f"`{key}`", fields["title"], _value(fields), SourceMark(fields.get("source_mark", "design")).label,
             " ".join(filter(None, (fields.get("document", ""), fields.get("article", "")))), f"{fields.get('confidence', 50)} %",
             fields.get("note", "")]
            for key, fields in _flatten(tomllib.loads(path.read_text(encoding="utf-8")))
        ]  # fmt: skip
        name = path.relative_to(ROOT).as_posix()
        lines += [f"## [{name}](../{name})", ""]
        lines += _table(["key", "名称", "取值", "source", "document", "sure", "note"], rows)
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {"docs/workflows.md": workflows, "docs/policy.md": policy}


def stale() -> list[str]:
    """The pages that do not say what the code says."""
    found = []
    for name, draw in PAGES.items():
        path = settings.BASE_DIR / name
        if not path.exists() or path.read_text(encoding="utf-8") != draw():
            found.append(name)
    return found


class Command(BaseCommand):
    help = "Write docs/workflows.md and docs/policy.md from the code; --check only compares."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="fail when a page is out of date, write nothing")

    def handle(self, *args, check=False, **options):
        if check:
            if names := stale():
                raise CommandError(f"out of date: {', '.join(names)}; run manage.py write_docs")
            return
        for name, draw in PAGES.items():
            (settings.BASE_DIR / name).write_text(draw(), encoding="utf-8")
            self.stdout.write(name)
