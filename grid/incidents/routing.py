"""Which rule sends an incident where, and why the others did not (ADR 0015). Rules are rows; the first match wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from governance.kernel.cached import cached_for
from governance.territory.choices import DepartmentLevel
from governance.territory.models import Category, Department

from .models import Incident, RoutingRule
from .states import LADDER, HandlingLevel

KEPT_SECONDS = 30
MATCH = "match"
REASONS = {
    MATCH: "全部条件符合，按这条派遣",
    "category": "限另一个小类",
    "class": "限另一个大类",
    "unit": "限另一个区县",
    "street": "限另一个街道",
    "from": "只用于从某一级上报上来的",
    "department": "本区县没有这条线的在用部门",
}


@dataclass(frozen=True)
class Considered:
    """One rule that was looked at: ``why`` is a key of REASONS."""

    rule: RoutingRule
    why: str

    @property
    def matched(self) -> bool:
        """Whether it decided."""
        return self.why == MATCH

    @property
    def reason(self) -> str:
        """In words."""
        return REASONS[self.why]

    @property
    def detail(self) -> str:
        """What the condition that failed asks for."""
        asks = {
            "category": self.rule.category, "class": _classes().get(self.rule.klass, self.rule.klass), "unit": self.rule.unit,
            "street": self.rule.street, "from": self.rule.get_from_level_display(), "department": self.rule.get_trade_display(),
        }  # fmt: skip
        return str(asks.get(self.why) or "")


@dataclass(frozen=True)
class Route:
    """Where it goes; ``rule`` None: no rule applies. ``considered`` ends with the rule that matched."""

    level: str = ""
    department: Department | None = None
    rule: RoutingRule | None = None
    considered: tuple[Considered, ...] = ()

    @property
    def words(self) -> str:
        """Where, in words."""
        return (
            self.department.short_name
            if self.department
            else str(HandlingLevel(self.level).label)
            if self.level
            else "由街道指定"
        )

    def snapshot(self) -> dict:
        """What is stored with the incident: ids and reasons; rules are never reworded, so that they still say the same."""
        return {
            "rule": self.rule.pk if self.rule else None,
            "considered": [[one.rule.pk, one.why] for one in self.considered],
        }


@cached_for(KEPT_SECONDS)
def _rules() -> list[RoutingRule]:
    return list(RoutingRule.objects.in_force().select_related("category", "department"))


@cached_for(KEPT_SECONDS)
def _classes() -> dict[str, str]:
    return dict(Category.objects.filter(parent=None).values_list("code", "name"))


def rules_forget() -> None:
    """Read the rules anew: they were changed."""
    _rules.forget()


@cached_for(KEPT_SECONDS)
def _department(unit_id: int, trade: str) -> Department | None:
    rows = Department.objects.active().filter(kind=trade, level=DepartmentLevel.UNIT, unit_id=unit_id)
    return rows.order_by("code").first()


def _why_not(rule: RoutingRule, incident: Incident, category: Category, from_level: str) -> str:
    """The first condition that fails, "" when none does."""
    if rule.from_level != from_level:
        return "from"
    if rule.unit_id and rule.unit_id != incident.unit_id:
        return "unit"
    if rule.street_id and rule.street_id != incident.street_id:
        return "street"
    if rule.category_id and rule.category_id != category.pk:
        return "category"
    if rule.klass and not category.code.startswith(rule.klass):
        return "class"
    return ""


def department_for(rule: RoutingRule | None, incident: Incident, category: Category) -> Department | None:
    """The rule's department, else the unit's own of the rule's or the category's trade."""
    if rule and rule.department_id:
        return rule.department
    trade = (rule.trade if rule else "") or category.lead_trade
    return _department(incident.unit_id, trade) if trade else None


def explain(incident: Incident, *, from_level: str = "", rules: list[RoutingRule] | None = None) -> Route:
    """Find the first rule that matches; ``from_level`` asks for the rules of an escalation, ``rules`` for others than those in force.

    No statement once warm.
    """
    category, considered = incident.category, []
    for rule in _rules() if rules is None else rules:
        why = _why_not(rule, incident, category, from_level)
        department = None
        if not why and rule.level == HandlingLevel.DEPARTMENT:
            department = department_for(rule, incident, category)
            why = "" if department else "department"
        considered.append(Considered(rule, why or MATCH))
        if not why:
            return Route(rule.level, department, rule, tuple(considered))
    return Route(considered=tuple(considered))


def above(incident: Incident) -> Route:
    """One level up: a rule of the escalation where there is one, else the next step of the ladder. Level "" at the top."""
    if (route := explain(incident, from_level=incident.level)).rule:
        return route
    place = LADDER.index(HandlingLevel(incident.level)) + 1
    level = LADDER[place] if place < len(LADDER) else ""
    department = department_for(None, incident, incident.category) if level == HandlingLevel.DEPARTMENT else None
    return Route("" if level == HandlingLevel.DEPARTMENT and department is None else level, department)


@dataclass(frozen=True)
class Change:
    """An incident that other rules would have sent elsewhere."""

    incident: Incident
    before: Route
    after: Route


def preview(rule: RoutingRule, rows: Iterable[Incident]) -> list[Change]:
    """Which of ``rows`` would go elsewhere if ``rule`` (not stored) took the place of its former version."""
    others = [one for one in _rules() if one.key != rule.key]
    rules = sorted([*others, rule], key=lambda one: (one.order, one.key))
    found = []
    for row in rows:
        before, after = explain(row), explain(row, rules=rules)
        if (before.level, before.department) != (after.level, after.department):
            found.append(Change(row, before, after))
    return found


def explanation(incident: Incident) -> list[Considered]:
    """The stored explanation with its rules (one statement), as the page shows it."""
    pairs = incident.routing.get("considered", [])
    rules = RoutingRule.objects.select_related("category", "unit", "street", "department").in_bulk(
        [pk for pk, _ in pairs]
    )
    return [Considered(rules[pk], why) for pk, why in pairs if pk in rules]
