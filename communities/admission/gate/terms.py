"""What a demand would cost and whether the gate lets it pass: read before it is stored, shown to the sender beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count
from django.utils import timezone

from governance.kernel import clock
from governance.kernel.policy import policy
from governance.territory.models import Department, Division

from ..burden.selectors import quota_terms, reds, samples_of
from ..models import AdmissionItem, DemandTarget
from ..states import FORMS_WITH_MARKS, ItemClass, Place
from . import rules

RURAL = ("villagers", "like_villagers")


@dataclass(frozen=True)
class Marks:
    """The four marks of a report or survey (统计法 17): 表号、制定机关、批准或备案文号、有效期."""

    form_code: str = ""
    issuer: str = ""
    approval_no: str = ""
    form_valid_to: date | None = None


@dataclass(frozen=True)
class DemandInput:
    """What a department writes. ``fields`` counts the manual fields of a form by kind; ``minutes`` is its own estimate."""

    title: str
    content: str
    due_on: date
    minutes: int | None = None
    fields: dict[str, int] | None = None
    marks: Marks = field(default_factory=Marks)
    funded_fen: int = 0
    fund_number: str = ""
    over_quota_reason: str = ""
    is_emergency: bool = False


@dataclass(frozen=True)
class Terms:
    """The price: minutes per community, in all, left of the quota; money that must come along; what to warn of."""

    minutes: int
    total: int
    left: int
    needed_fen: int
    over_frequency: frozenset[int]
    frozen: tuple[str, ...]

    @property
    def over_quota(self) -> bool:
        """Whether it takes more minutes than are left."""
        return self.total > self.left

    @property
    def needed_yuan(self) -> str:
        """The money that must come along, in yuan; "" for none."""
        return f"{self.needed_fen / 100:,.2f}" if self.needed_fen else ""


def minutes_for(item: AdmissionItem, content: DemandInput) -> int:
    """Minutes per community: from the fields of the form, else what the sender says, else what was admitted; then the
    median of what the item really took (domain-rules 18.4)."""
    if content.fields:
        estimate = rules.minutes_of_form(
            content.fields, base=policy("admission.minutes_base"), weights=policy("admission.minutes_weights")
        )
    else:
        estimate = max(content.minutes or 0, item.minutes) or 1
    return rules.corrected(estimate, samples_of(item.code), needed=policy("admission.samples_needed"))


def funds_for(item: AdmissionItem, *, minutes: int, communities: int) -> int:
    """Fen that must come along: the admitted sum per community, at least the wages; nothing for items without such a rule."""
    if not item.fund_per_time_fen:
        return 0
    wages = rules.cost_fen(
        minutes=minutes, communities=communities, month_fen=policy("admission.worker_month_fen"),
        month_hours=policy("admission.worker_month_hours"),
    )  # fmt: skip
    return max(wages, item.fund_per_time_fen * communities)


def terms_of(
    *, department: Department, item: AdmissionItem, communities: Sequence[Division], content: DemandInput
) -> Terms:
    """The terms of a demand today."""
    minutes = minutes_for(item, content)
    ids = [row.pk for row in communities]
    red = reds(ids) if not content.is_emergency else set()
    return Terms(
        minutes=minutes,
        total=minutes * len(ids),
        left=quota_terms(department, clock.today().year),
        needed_fen=0 if content.is_emergency else funds_for(item, minutes=minutes, communities=len(ids)),
        over_frequency=_over_frequency(item, ids),
        frozen=tuple(row.name for row in communities if row.pk in red),
    )


def _over_frequency(item: AdmissionItem, ids: list[int]) -> frozenset[int]:
    """The communities that have had the item as often this year as the list allows."""
    if not item.frequency_cap:
        return frozenset()
    had = DemandTarget.objects.live().filter(
        item__code=item.code, community_id__in=ids, day__year=clock.today().year
    )  # fmt: skip
    counts = had.values_list("community_id").annotate(times=Count("pk"))
    return frozenset(pk for pk, times in counts if times >= item.frequency_cap)


def admits(item: AdmissionItem, department: Department) -> bool:
    """Whether the item is this department's, or that of one above it in its line."""
    above = department.superior
    return item.department_id in {department.pk, above and above.pk, above and above.superior_id} - {None}


def problems(
    *, department: Department, item: AdmissionItem, communities: Sequence[Division], content: DemandInput
) -> dict[str, str]:
    """Everything that the gate says no to, by field, in words that say what to do (domain-rules 18.2, 18.5)."""
    return {
        **_place_problems(department, item, communities),
        **_mark_problems(item, content),
        **_time_problems(content),
        **_item_problems(department, item, content),
    }


def _item_problems(department: Department, item: AdmissionItem, content: DemandInput) -> dict[str, str]:
    if item.klass == ItemClass.FORBIDDEN:
        return {"item": f"{item.code} 属于负面禁入事项，不得向社区下达。"}
    if item.catalogue.status == "draft":
        return {"item": f"{item.code} 还在清单草案中，印发生效后才能引用。"}
    if not item.is_in_force():
        return {"item": f"{item.code} 今天不在有效期内，请改用现行事项或申请准入。"}
    if not admits(item, department):
        return {"item": f"{item.code} 不是本部门的准入事项。清单内没有的，请先申请准入。"}
    if content.is_emergency and not item.is_emergency:
        return {"is_emergency": "只有应急通道的准入事项可以按应急下达。"}
    return {}


def _mark_problems(item: AdmissionItem, content: DemandInput) -> dict[str, str]:
    """统计法 17: number, issuer, approval and validity; without them it may be refused, so it does not go out at all."""
    if item.form not in FORMS_WITH_MARKS:
        return {}
    marks, found = content.marks, {}
    why = "社区可拒绝填报，因此不能下达。"
    if not marks.form_code.strip():
        found["form_code"] = f"请填写表号；未标明表号的，{why}"
    if not marks.issuer.strip():
        found["issuer"] = f"请填写制定机关；未标明的，{why}"
    if not marks.approval_no.strip():
        found["approval_no"] = f"请填写批准或备案文号；未标明的，{why}"
    if marks.form_valid_to is None:
        found["form_valid_to"] = f"请填写有效期；未标明的，{why}"
    elif marks.form_valid_to < clock.today():
        found["form_valid_to"] = f"有效期已过（{marks.form_valid_to:%Y-%m-%d}），{why}"
    return found


def _place_problems(department: Department, item: AdmissionItem, communities: Sequence[Division]) -> dict[str, str]:
    if not communities:
        return {"communities": "请选择至少一个社区（村）。"}
    if any(row.level != "community" for row in communities):
        return {"communities": "只能选择社区（村）。"}
    wrong = [row for row in communities if (row.village_type in RURAL) != (item.place == Place.RURAL)]
    if wrong:
        kind = Place(item.place).label
        return {"communities": f"本事项只适用于{kind}，请去掉 {_names(wrong)}。"}
    unit = item.unit_id or department.unit_id
    if outside := [row for row in communities if unit and row.unit_id != unit]:
        return {"communities": f"超出本事项或本部门所在的区县，请去掉 {_names(outside)}。"}
    if department.street_id and any(row.street_id != department.street_id for row in communities):
        return {"communities": "派出机构只能向所在街道的社区下达。"}
    return {}


def _time_problems(content: DemandInput) -> dict[str, str]:
    found, now = {}, clock.now()
    if content.due_on < clock.today():
        found["due_on"] = "完成日期不能早于今天。"
    if not content.is_emergency and (until := clock.quiet_until(now)) > now:
        found[""] = f"现在是静默时段，不向社区下达。请于 {_local(until)} 后提交，内容可以先留在这里。"
    return found


def _local(moment) -> str:
    return f"{timezone.localtime(moment):%m月%d日 %H:%M}"


def _names(rows: Sequence[Division], most: int = 5) -> str:
    """The first names and how many more."""
    more = f" 等 {len(rows)} 个" if len(rows) > most else ""
    return "、".join(row.name for row in rows[:most]) + more


def refusals_of(terms: Terms, content: DemandInput) -> dict[str, str]:
    """What the price itself forbids: frozen communities, missing money, minutes over the quota without a reason."""
    found = {}
    if terms.frozen:
        shown = "、".join(terms.frozen[:5]) + (f" 等 {len(terms.frozen)} 个" if len(terms.frozen) > 5 else "")
        found["communities"] = f"本周负担已到红区，冻结新增要求：{shown}。请去掉或改到下周。"
    gap = rules.gap_percent(terms.needed_fen, content.funded_fen)
    if gap > policy("admission.fund_gap_percent"):
        found["funded_yuan"] = f"费随事转：应随事拨付 {terms.needed_fen / 100:,.2f} 元，缺口 {gap:.0f}%，不能下达。"
    elif terms.needed_fen and not content.fund_number.strip():
        found["fund_number"] = "请填写经费落实的预算指标号。"
    if terms.over_quota and not content.is_emergency and not content.over_quota_reason.strip():
        found["over_quota_reason"] = (
            f"本次共需 {terms.total:,} 分钟，本年额度只剩 {max(terms.left, 0):,} 分钟。"
            "请减少社区或填写项，或写明增负理由报批。"
        )
    return found
