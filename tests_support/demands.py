"""Short stories of the gate: a list in force, its items, demands in every state, a refusal in every state."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from communities.admission.gate import services
from communities.admission.gate.terms import Marks
from communities.admission.models import AdmissionItem, Catalogue, Demand, DemandTarget, Refusal
from communities.admission.refusals import services as refusals
from governance.kernel import clock
from governance.territory.models import Division

from . import stories

# A Tuesday at ten: office hours, so that nothing waits for the morning.
MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=timezone.get_default_timezone())
DAY = MORNING.date()
MARKS = Marks("LDB-01", "大连市统计局", "连统制〔2026〕1 号", date(2027, 12, 31))


def catalogue(place: str = "urban", *, year: int = 2026, status: str = "in_force") -> Catalogue:
    """A list; the one in force of its kind is made once."""
    row, _new = Catalogue.objects.get_or_create(
        year=year, place=place, defaults={"status": status, "effective_from": date(year, 1, 1)}
    )
    return row


def item(code: str = "SQ-U-2026-001", **changes) -> AdmissionItem:
    """An item of the home district's city management in force; change what the test is about."""
    place = changes.get("place", "urban")
    fields = {
        "catalogue": changes.pop("catalogue", None) or catalogue(place), "code": code, "place": place,
        "name": "市容环境巡查反馈", "klass": "assist", "form": "task", "minutes": 20, "valid_from": date(2026, 1, 1),
        "basis_document": "示例文件", "department": stories.departments(stories.street())[0], "is_synthetic": True,
    }  # fmt: skip
    return AdmissionItem.objects.create(**{**fields, **changes})


def communities(count: int = 4, code: str = stories.STREET) -> list[Division]:
    """Urban communities of a street, in the order of their codes; the first is the cast's own."""
    rows = Division.objects.communities().filter(street__code12=code).exclude(village_type__contains="villagers")
    return list(rows.order_by("code12")[:count])


def send(actors, *, items: AdmissionItem | None = None, places=None, **changes) -> Demand:
    """A demand of the department ``dept`` to communities of the home street, at ten in the morning."""
    row = items or AdmissionItem.objects.filter(code="SQ-U-2026-001").first() or item()
    words = {"title": "冬季清雪摸底", "content": "请反馈辖区清雪力量。", "due_on": DAY + timedelta(days=10)}
    with clock.travel(changes.pop("moment", MORNING)):
        return services.demand_send(
            by=changes.pop("by", None) or actors.dept, department=changes.pop("department", None) or stories.departments(stories.street())[0],
            item=row, communities=communities() if places is None else places, **{**words, **changes},
        )  # fmt: skip


def target(actors, **changes) -> DemandTarget:
    """The part of the cast's own community."""
    return send(actors, **changes).targets.get(community=communities(1)[0])


def refusal(actors, status: str = "filed", **changes) -> Refusal:
    """A refusal of the cast's own community in a state."""
    part = changes.pop("part", None) or target(actors, **changes)
    with clock.travel(MORNING + timedelta(hours=1)):
        row = refusals.refusal_file(target=part, by=actors.community, reason="over_frequency")
        if status == "withdrawn":
            return refusals.refusal_withdraw(refusal=row, by=actors.dept)
        if status == "amended":
            return refusals.refusal_amend(refusal=row, by=actors.dept, note="改为只报有无")
        if status != "filed":
            row = refusals.refusal_contest(refusal=row, by=actors.dept, note="频次计算有误")
        if status == "upheld":
            return refusals.refusal_uphold(refusal=row, by=actors.adjudicator, note="确属超频次")
        if status == "overruled":
            return refusals.refusal_overrule(refusal=row, by=actors.adjudicator, note="未超频次")
        return row
