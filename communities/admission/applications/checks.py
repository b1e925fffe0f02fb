"""The formal check: what an application must hold before anybody is asked about it (domain-rules 2.3, 2.4).

Pure as far as it can be: ``formal_problems`` reads rules and the list in force, and gives words by field.
"""

from dataclasses import dataclass
from datetime import date

from governance.kernel import clock
from governance.kernel.policy import policy, rule_for

from ..models import AdmissionApplication, AdmissionItem
from ..similarity import duplication
from ..states import FORMS_WITH_MARKS, ItemForm, Term

MARKS = ("form_code", "issuer", "approval_no", "form_valid_to")
NEEDED = {
    "name": "请填写事项名称。",
    "basis_document": "请填写依据文件；没有依据的事项不予准入。",
    "basis_article": "请填写依据的条款。",
    "necessity": "请写明必要性。",
    "alternative": "请写明替代方案：能否通过数据共享取得，能否由部门自行办理。",
    "minutes": "请填写社区单次耗时（分钟）。",
    "times_a_year": "请填写每年频次。",
    "communities": "请填写覆盖的社区（村）数。",
    "start_on": "请填写拟生效日期。",
}


@dataclass(frozen=True)
class Twin:
    """An item in force that an application repeats, by how much (0–1)."""

    item: AdmissionItem
    share: float

    @property
    def percent(self) -> int:
        """For the page."""
        return round(self.share * 100)


def yearly_cost_fen(*, times: int, communities: int, minutes: int) -> int:
    """费随事转: times × communities × hours × hourly cost, in fen a year (domain-rules 2.4)."""
    hourly = policy("admission.worker_month_fen") / policy("admission.worker_month_hours")
    return round(times * communities * minutes / 60 * hourly)


def funding_gap(*, cost_fen: int, funded_fen: int) -> float:
    """The share of the cost that is not there, 0–1; nothing to pay is no gap."""
    return max(cost_fen - funded_fen, 0) / cost_fen if cost_fen else 0.0


def twins(application: AdmissionApplication, *, least: float = 0.0) -> list[Twin]:
    """Items in force for the same kind of place that are alike, the most alike first."""
    rows = AdmissionItem.objects.in_force().filter(place=application.place).select_related("department")
    found = [
        Twin(row, duplication(application.name, application.information, row.name, row.information)) for row in rows
    ]
    return sorted((twin for twin in found if twin.share >= max(least, 0.01)), key=lambda twin: -twin.share)


def formal_problems(application: AdmissionApplication, *, emergency: bool = False) -> dict[str, str]:
    """What stands in the way, by field; empty when sound. ``emergency`` asks for less: what cannot wait (先行后补)."""
    needed = {name: words for name, words in NEEDED.items() if not getattr(application, name)}
    if emergency:
        needed = {name: words for name, words in needed.items() if name in ("name", "basis_document", "minutes")}
        return needed | _marks(application, clock.today()) | _shapes(application)
    start = application.start_on or clock.today()
    return (
        needed
        | _marks(application, start)
        | _shapes(application)
        | _dates(application)
        | _funding(application)
        | _duplicates(application)
    )


def _marks(application: AdmissionApplication, start: date) -> dict[str, str]:
    """统计法 17: forms and surveys carry four marks; other forms follow admission itself (18.2)."""
    if application.form not in FORMS_WITH_MARKS:
        return {}
    names = {name: application._meta.get_field(name).verbose_name for name in MARKS}
    problems = {
        name: f"报表和调查须标明{names[name]}，缺少的社区可以拒绝填报。"
        for name in MARKS
        if not getattr(application, name)
    }
    if application.form_valid_to and application.form_valid_to < start:
        problems["form_valid_to"] = "报表的有效期在生效之前就已届满。"
    return problems


def _shapes(application: AdmissionApplication) -> dict[str, str]:
    """责任状、一票否决、评比达标 need the city's number."""
    words = [word for word in policy("admission.city_approval_shapes") if word in application.name]
    if application.city_approval_no or not (words or application.form == ItemForm.CONTEST):
        return {}
    named = words[0] if words else ItemForm.CONTEST.label
    return {"city_approval_no": f"“{named}”默认不予准入；确有市级批准的，请填写批准号。"}


def _dates(application: AdmissionApplication) -> dict[str, str]:
    """Applied for early enough; a temporary item ends within the rule's months."""
    problems, start = {}, application.start_on
    if start is None:
        return {}
    lead = rule_for("admission.lead_days")
    since = application.submitted_at or clock.now()
    earliest = clock.add(since, lead.value, lead.unit).date()
    if start < earliest:
        problems["start_on"] = f"须提前 {lead.value} 个工作日申请，最早可从 {earliest} 起生效；突发事件走应急先行。"
    if application.term == Term.TEMPORARY:
        last = _months_later(start, policy("admission.temporary_months"))
        if application.end_on is None:
            problems["end_on"] = "临时事项须写明失效日期。"
        elif not start < application.end_on <= last:
            problems["end_on"] = f"临时事项不超过 {policy('admission.temporary_months')} 个月，最迟 {last}。"
    elif application.end_on and application.end_on <= start:
        problems["end_on"] = "失效日期须晚于生效日期。"
    return problems


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    for number in range(day.day, 27, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    return date(year, month, min(day.day, 28))


def _funding(application: AdmissionApplication) -> dict[str, str]:
    """权随责走、费随事转: what it costs comes with it."""
    cost = yearly_cost_fen(
        times=application.times_a_year, communities=application.communities, minutes=application.minutes
    )
    problems = {}
    if funding_gap(cost_fen=cost, funded_fen=application.funded_fen) * 100 > policy("admission.fund_gap_percent"):
        problems["funded_yuan"] = (
            f"每年应随事下拨约 {cost / 100:,.0f} 元，已落实 {application.funded_fen / 100:,.0f} 元，"
            f"缺口超过 {policy('admission.fund_gap_percent')}%。"
        )
    if cost and not application.fund_number:
        problems["fund_number"] = "请填写预算指标号，作为经费落实的证明。"
    return problems


def _duplicates(application: AdmissionApplication) -> dict[str, str]:
    """What repeats an item has to be merged with it."""
    limit = policy("admission.duplicate_percent")
    alike = [twin for twin in twins(application, least=limit / 100) if twin.item.pk != application.merges_id]
    if not alike:
        return {}
    twin = alike[0]
    return {
        "merges": f"与既有事项 {twin.item.code}“{twin.item.name}”重复 {twin.percent}%（上限 {limit}%），请选择与它合并。"
    }
