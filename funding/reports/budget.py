"""预算表 and 决算表 of a community, street or unit for one year and fund: rows from the books, ready to be typeset."""

from collections import defaultdict

from django.db.models import Sum

from funding.appropriations.models import EntitlementLine
from funding.appropriations.selectors import GRANTED
from funding.ledger.codes import economic_codes
from funding.ledger.models import Account, Entry
from funding.ledger.money import yuan
from funding.ledger.states import AccountKind, Fund
from governance.kernel import clock

from . import sources
from .capitals import capitals
from .scope import Scope

BUDGET, FINAL = "budget", "final"
KINDS = {BUDGET: "预算表", FINAL: "决算表"}
SIGNATURES = ("社区（村）党组织书记", "居民（村民）代表", "街道（乡镇）审核", "区县财政部门", "经办人")
HELD = (AccountKind.AVAILABLE, AccountKind.PROJECT, AccountKind.RESERVED)


def granted_fen(scope: Scope) -> int:
    """What the year's approved calculations give to the scope's communities; else what has come in."""
    rows = EntitlementLine.objects.filter(scope.within(), year=scope.year, fund=scope.fund, run__status__in=GRANTED)
    given = rows.aggregate(fen=Sum("amount_fen"))["fen"]
    return given or sum(_balances(scope).values())


def _balances(scope: Scope) -> dict[str, int]:
    rows = Account.objects.filter(
        scope.accounts(), community__isnull=False, kind__in=(*HELD, AccountKind.PAID)
    ).order_by()
    return dict(rows.values_list("kind").annotate(fen=Sum("balance_fen")))


def paid_by_code(scope: Scope) -> dict[str, int]:
    """Fen paid by economic code."""
    rows = Account.objects.filter(scope.accounts(), community__isnull=False, kind=AccountKind.PAID).order_by()
    return {code: fen for code, fen in rows.values_list("economic_code").annotate(fen=Sum("balance_fen")) if fen}


def lines(scope: Scope) -> list[tuple[str, str, int, int]]:
    """(code, name, budget, paid) by code; what no project has taken up yet is a line of its own."""
    budgets, paid = sources.budget_by_code(scope), paid_by_code(scope)
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for code, fen in budgets.items():
        found[code][0] += fen
    for code, fen in paid.items():
        found[code][1] += fen
    names = economic_codes()
    rows = [(code, names[code].name if code in names else "未分类", *found[code]) for code in sorted(found)]
    rest = granted_fen(scope) - sum(budgets.values())
    return [*rows, ("", "待立项安排", rest, 0)] if rest > 0 else rows


def title_of(scope: Scope, kind: str) -> str:
    """社区服务群众专项经费预算表, and so for the other funds."""
    names = {
        Fund.SERVICE_MASS: "社区服务群众专项经费", Fund.VILLAGE: "村级专项经费", Fund.OFFICE: "社区办公经费", Fund.ERRAND: "社区随事经费",
    }  # fmt: skip
    return f"{names[Fund(scope.fund)]}{KINDS[kind]}"


def paper(scope: Scope, kind: str) -> dict:
    """What typst/paper.typ draws; all amounts already written."""
    rows, synthetic = (
        lines(scope),
        Entry.objects.filter(scope.accounts("account__"), journal__is_synthetic=True).exists(),
    )
    budget, paid = sum(row[2] for row in rows), sum(row[3] for row in rows)
    holder = " ".join(str(part) for part in (scope.unit, scope.street, scope.community) if part)
    common = {
        "title": title_of(scope, kind), "draft": "演示数据，不代表真实情况" if synthetic else "", "holder": holder or "全市",
        "year": str(scope.year), "signatures": list(SIGNATURES),
        "day": f"{clock.today().year} 年 {clock.today().month} 月 {clock.today().day} 日",
    }  # fmt: skip
    if kind == BUDGET:
        return common | {
            "columns": ["科目编码", "科目名称", "预算金额", "说明"], "widths": [1, 2, 1.5, 1.5],
            "rows": [[code or "—", name, yuan(fen), ""] for code, name, fen, _ in rows if fen],
            "total": ["", "合计", yuan(budget), ""],
            "capitals": [{"label": "预算合计", "value": capitals(budget)}],
            "notes": ["依据年度核定与已备案项目预算编制；超支不补。"],
        }  # fmt: skip
    return common | {
        "columns": ["科目编码", "科目名称", "预算金额", "决算金额", "结余"], "widths": [1, 1.8, 1.4, 1.4, 1.4],
        "rows": [[code or "—", name, yuan(fen), yuan(out), yuan(fen - out)] for code, name, fen, out in rows],
        "total": ["", "合计", yuan(budget), yuan(paid), yuan(budget - paid)],
        "capitals": [
            {"label": "决算合计", "value": capitals(paid)}, {"label": "结余合计", "value": capitals(budget - paid)},
        ],
        "notes": ["决算金额取自总账“已支付”账户，与凭证逐笔相符。"],
    }  # fmt: skip
