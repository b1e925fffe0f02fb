"""The risk rules (domain-rules 10.2 ④ and reports): hints for a person to look at, never a judgement, never a ranking of places."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from funding.disclosure.models import Disclosure
from funding.ledger.money import yuan
from governance.kernel.actor import Actor
from governance.kernel.policy import policy

from . import project_risks, sources
from .facts import Finding, Payment
from .scope import Scope

DECEMBER = 12


def _grouped(payments: Iterable[Payment], key: Callable[[Payment], object]) -> dict:
    groups: dict = defaultdict(list)
    for row in payments:
        groups[key(row)].append(row)
    return groups


def _of(risk: str, text: str, rows: Sequence[Payment]) -> Finding:
    """A finding on the last of several payments."""
    last = max(rows, key=lambda row: (row.day, row.label))
    return Finding(risk, text, last.place, sum(row.fen for row in rows), last.day, last.label, last.url)


def concentration(payments: Sequence[Payment], *, percent: float, from_fen: int) -> list[Finding]:
    """A payee that gets more than ``percent`` of what a community pays in the year, once that is ``from_fen`` or more."""
    found = []
    for rows in _grouped(payments, lambda row: row.community).values():
        whole = sum(row.fen for row in rows)
        if whole < from_fen or whole <= 0:
            continue
        for payee, own in _grouped([row for row in rows if row.payee], lambda row: row.payee).items():
            share = 100 * sum(row.fen for row in own) / whole
            if share > percent and len({row.payee for row in rows}) > 1:
                found.append(_of("concentration", f"{payee} 占本年支付的 {share:.0f}%，超过 {percent:g}%", own))
    return found


def split(payments: Sequence[Payment], *, limit_fen: int, margin: float, days: int, count: int) -> list[Finding]:
    """``count`` or more payments to one payee within ``days`` days, each just under the limit."""
    floor, found = limit_fen * (100 - margin) / 100, []
    close = [row for row in payments if row.payee and floor <= row.fen < limit_fen]
    for (_place, payee), rows in _grouped(close, lambda row: (row.community, row.payee)).items():
        rows.sort(key=lambda row: row.day)
        run = max(
            ([row for row in rows if timedelta() <= row.day - first.day <= timedelta(days=days)] for first in rows), key=len
        )  # fmt: skip
        if len(run) >= count:
            found.append(
                _of("split", f"{days} 日内向 {payee} 支付 {len(run)} 笔，每笔都紧贴 {yuan(limit_fen)} 元限额", run)
            )
    return found


def same_day(payments: Sequence[Payment], *, count: int) -> list[Finding]:
    """``count`` or more payments to one payee on one day."""
    groups = _grouped([row for row in payments if row.payee], lambda row: (row.community, row.payee, row.day))
    return [
        _of("same_day", f"同一日向 {rows[0].payee} 支付 {len(rows)} 笔", rows)
        for rows in groups.values() if len(rows) >= count
    ]  # fmt: skip


def december(payments: Sequence[Payment], *, percent: float, from_fen: int) -> list[Finding]:
    """More than ``percent`` of a community's year was paid in December."""
    found = []
    for rows in _grouped(payments, lambda row: row.community).values():
        late, whole = [row for row in rows if row.day.month == DECEMBER], sum(row.fen for row in rows)
        paid = sum(row.fen for row in late)
        if late and paid >= from_fen and 100 * paid > percent * whole:
            found.append(_of("december", f"12 月支付占全年的 {100 * paid / whole:.0f}%，超过 {percent:g}%", late))
    return found


def _concentration(scope: Scope, actor: Actor, payments: Sequence[Payment]) -> list[Finding]:
    return concentration(
        payments, percent=policy("funding.supplier_percent"), from_fen=policy("risk.concentration_from_yuan") * 100
    )


def _split(scope: Scope, actor: Actor, payments: Sequence[Payment]) -> list[Finding]:
    return split(
        payments, limit_fen=policy("funding.quotes_from_fen"), margin=policy("risk.split_margin_percent"),
        days=policy("risk.split_days"), count=policy("risk.split_count"),
    )  # fmt: skip


def _same_day(scope: Scope, actor: Actor, payments: Sequence[Payment]) -> list[Finding]:
    return same_day(payments, count=policy("risk.same_day_count"))


def _december(scope: Scope, actor: Actor, payments: Sequence[Payment]) -> list[Finding]:
    return december(payments, percent=policy("risk.december_percent"), from_fen=policy("risk.december_from_yuan") * 100)


def _overdue(scope: Scope, actor: Actor, payments: Sequence[Payment]) -> list[Finding]:
    """Disclosures that hold up the next disbursement."""
    rows = Disclosure.objects.visible_to(actor).overdue().filter(scope.within(), end__year=scope.year)
    return [
        Finding("overdue", f"{row.label}应于 {row.due_on} 前公布", str(row.community), 0, row.due_on, str(row), row.get_absolute_url())
        for row in rows.select_related("community").defer("snapshot").order_by("due_on")[: policy("risk.shown")]
    ]  # fmt: skip


@dataclass(frozen=True)
class Risk:
    """One rule: its name, what it means, the keys of its numbers, and who finds."""

    key: str
    title: str
    meaning: str
    rules: tuple[str, ...]
    find: Callable[[Scope, Actor, Sequence[Payment]], list[Finding]]


RISKS: list[Risk] = [
    Risk("concentration", "收款单位集中", "同一收款单位占一个社区（村）年度支付的比例偏高",
         ("funding.supplier_percent", "risk.concentration_from_yuan"), _concentration),
    Risk("split", "疑似拆分支付", "短期内多笔支付紧贴限额",
         ("funding.quotes_from_fen", "risk.split_margin_percent", "risk.split_days", "risk.split_count"), _split),
    Risk("same_day", "同日多笔", "同一日向同一收款单位多次支付", ("risk.same_day_count",), _same_day),
    Risk("december", "年末突击支付", "12 月支付占全年比例偏高", ("risk.december_percent", "risk.december_from_yuan"), _december),
    Risk("overdue", "公开逾期", "到期未公布，下一次拨付暂缓", ("disclosure.due_days",), _overdue),
    Risk("quotes", "缺少比价", "达到限额的支付没有足够的比价", ("funding.quotes_from_fen", "funding.quotes_needed"), project_risks.quotes),
    Risk("publicity", "公示期不足", "决议或决算公示短于规定天数",
         ("funding.decision_notice_days", "funding.final_notice_days"), project_risks.publicity),
    Risk("appeals", "“七不用”申诉", "触发负面清单后申诉的支出，待裁定或已准列支", (), project_risks.appeals),
]  # fmt: skip


def findings(scope: Scope, actor: Actor) -> dict[str, list[Finding]]:
    """{risk's key: its findings}, the newest first, each list capped by ``risk.shown``."""
    payments, most = sources.payments_of(scope, actor), policy("risk.shown")
    found = {risk.key: risk.find(scope, actor, payments) for risk in RISKS}
    return {key: sorted(rows, key=lambda row: (row.day, row.label), reverse=True)[:most] for key, rows in found.items()}
