"""The demo's collection: what systems know of the deep streets, forms in every state, takings, corrections.

Made by the services on the travelled clock; deterministic for a given moment; everything made up.
"""

from datetime import date, datetime, timedelta
from random import Random

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from communities.admission.catalogues.loading import catalogues_load
from communities.admission.catalogues.numbers import next_code
from communities.admission.gate import mails as gate_mails
from communities.admission.gate.terms import RURAL, DemandInput, funds_for, minutes_for
from communities.admission.models import AdmissionItem, Catalogue
from communities.admission.states import FORMS_WITH_MARKS, Place
from communities.demo import community_of, desk_of
from governance.accounts.demo import STREET
from governance.demo.town import City, Town
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.events import suspended
from governance.territory.models import Department, Division

from . import mails, services
from .models import Asking, DataElement, Fact, Form
from .services import FactInput, FormInput
from .services.forms import plan_for
from .states import Kind, Source

SEED = 20240516
# Mails of long ago would only fill the mailbox.
QUIET = (gate_mails.on_send, gate_mails.on_submit, gate_mails.on_decline, mails.on_answer, mails.on_summarise)
FIRST = ("urban", "housing")  # the departments whose people may sign in
SHORT_LIVED = 180  # days: what expires sooner is delivered a second time
TWENTY = (
    "RK-001", "RK-002", "RK-003", "RK-004", "RK-005", "RK-006", "RK-007", "FW-001", "FW-002", "FW-003", "FW-008", "DW-001",
    "DW-002", "ZZ-001", "ZZ-006", "SS-001", "SS-002", "ZZ-005", "ZZ-012", "SS-014",
)  # fmt: skip  # the last three only the community knows
RUNNING = (
    "SS-006",
    "SS-008",
    "SS-010",
    "SS-011",
    "SS-012",
    "FW-004",
    "FW-006",
    "FW-011",
    "DW-010",
    "SJ-001",
    "FW-010",
    "SS-013",
)
WORDS = {
    "SS-013": ("居委会门前广场", "地铁口东侧空地", "社区服务站院内"), "SJ-011": ("夜间停车紧张，请协调周边单位错时共享。",),
    "ZZ-013": ("居委会公示栏",),
}  # fmt: skip


def collection_demo_load(*, now: datetime | None = None) -> int:
    """Load the catalogue and, unless DEMO_WHISTLES is 0, facts, forms and takings. Returns how many facts and forms were made."""
    made = services.elements_load()
    if Form.objects.exists() or Fact.objects.exists() or not settings.DEMO_WHISTLES:
        return made
    end = (now or clock.now()).replace(microsecond=0)
    rng = Random(SEED)
    catalogues_load()
    city = City.read(rng)
    places = [place for town in city.deep for place in town.communities]
    home = next(town for town in city.deep if town.street.code12 == STREET)
    with transaction.atomic(), suspended(*QUIET):
        _items(end)
        _feed(places, _office(end - timedelta(days=170)), rng)
        _forms(home, end, rng)
        _feed(places, _office(end - timedelta(days=20)), rng, short=True)
        _running(home, end, rng)
        _takings(home, end)
    return made + Fact.objects.count() + Form.objects.count()


def _office(moment: datetime) -> datetime:
    """Ten past ten in the morning of the next working day, in Dalian whatever the zone of ``moment``."""
    there = timezone.localtime(moment)
    day = clock.next_workday(there.date())
    return there.replace(year=day.year, month=day.month, day=day.day, hour=10, minute=10)


def _value(element: DataElement, place: Division, rng: Random) -> object:
    """A plausible figure for a community of its size."""
    if element.kind == Kind.CHOICE:
        return rng.choice(element.choices)
    if element.kind == Kind.DATE:
        return date(2024 + rng.randint(0, 1), rng.randint(1, 12), rng.randint(1, 28)).isoformat()
    if element.kind != Kind.NUMBER:
        return rng.choice(WORDS.get(element.code, ("居委会",)))
    households = place.households or 1500
    share = {"人": 0.4, "户": 0.5, "套": 1.05, "栋": 0.02, "平方米": 0.4}.get(element.measure, 0.008)
    if element.code in ("RK-002", "RK-004"):
        share = 2.4
    if element.code in ("ZZ-001", "ZZ-002", "ZZ-005", "ZZ-008", "ZZ-009", "RK-012", "RK-010"):
        share = 0.008
    return max(round(households * share * rng.uniform(0.8, 1.2)), 1)


def _feed(places: list[Division], moment: datetime, rng: Random, *, short: bool = False) -> None:
    """Each line's systems deliver what they answer for; ``short`` only what does not hold long."""
    rows = DataElement.objects.in_force().exclude(source=Source.NONE)
    elements = [row for row in rows.order_by("code") if not short or row.days <= SHORT_LIVED]
    departments = {row.kind: row for row in Department.objects.filter(level="city").order_by("-code")}
    with clock.travel(moment):
        for trade in sorted({row.trade for row in elements} & set(departments)):
            services.facts_feed(
                by=SYSTEM, department=departments[trade], is_synthetic=True,
                rows=[FactInput(row, place, _value(row, place, rng))
                      for row in elements if row.trade == trade for place in places],
            )  # fmt: skip


def _items(end: datetime) -> None:
    """Two reports more on the demo's list, so that its signed-in departments have something to send under."""
    catalogue = Catalogue.objects.get(place=Place.URBAN, status="in_force")
    departments = {row.kind: row for row in Department.objects.filter(level="city").order_by("-code")}
    for trade, name in (("urban", "社区服务保障基本情况表"), ("housing", "物业与房屋基本情况表")):
        AdmissionItem.objects.create(
            catalogue=catalogue, code=next_code(catalogue), place=Place.URBAN, name=f"{name}（示例）", klass="assist",
            form="report", department=departments[trade], basis_document="示例文件", minutes=5, valid_from=(end - timedelta(days=200)).date(),
            is_example=True, is_synthetic=True,
        )  # fmt: skip


def _report_item(department: Department) -> AdmissionItem | None:
    line = {department.pk, department.superior_id}
    rows = AdmissionItem.objects.in_force().filter(department_id__in=line, place=Place.URBAN, form__in=FORMS_WITH_MARKS)
    return rows.order_by("code").first()


def _departments(town: Town) -> list[tuple[Department, AdmissionItem]]:
    """The district's departments that the list lets send reports, in a fixed order; the city management's first."""
    pairs = [
        (row, _report_item(row))
        for _kind, row in sorted(town.departments.items(), key=lambda p: (p[0] not in FIRST, p[0] != "urban", p[0]))
    ]
    return [(row, item) for row, item in pairs if item]


def _draft(pair, title: str, codes: tuple[str, ...], places: list[Division], **changes) -> Form:
    department, item = pair
    rows = {row.code: row for row in DataElement.objects.in_force().filter(code__in=codes)}
    today = clock.today()
    words = {
        "item": item, "form_code": f"大基减{item.code[-3:]}表", "issuer": department.name,
        "approval_no": f"大统备〔{today.year}〕{item.code[-3:]}号", "valid_to": today + timedelta(days=300),
        "due_on": today + timedelta(days=14),
    }  # fmt: skip
    content = FormInput(
        title=title, purpose=f"{title}，用于年度服务保障安排（演示）。", elements=tuple(rows[code] for code in codes if code in rows),
        communities=tuple(places), **{**words, **changes},
    )  # fmt: skip
    return services.form_draft(by=desk_of(department), department=department, content=content)


def _dispatch(form: Form) -> Form:
    plan, _required = plan_for(form)
    fen = 0
    if plan.manual:
        words = DemandInput(form.title, "", clock.today(), fields=plan.kinds)
        fen = funds_for(form.item, minutes=minutes_for(form.item, words), communities=len(plan.reached))
    return services.form_dispatch(
        form=form, by=desk_of(form.department), funded_fen=fen, fund_number="YS-YB-01" if fen else "",
        over_quota_reason="年度一次的基本情况更新，已剔除全部已有字段。",
    )  # fmt: skip


def _fill(form: Form, rng: Random, *, but: int = 0) -> None:
    """Communities hand their parts in, except the first ``but``."""
    if form.demand_id is None:
        return
    targets = form.demand.targets.select_related("demand", "community", "item").order_by("community__code12")
    for target in targets[but:]:
        asked = Asking.objects.filter(form=form, community=target.community).select_related("element")
        values = {row.code: _value(row.element, target.community, rng) for row in asked}
        services.part_submit(
            target=target, by=community_of(target.community), values=values, minutes=rng.randint(2, 6)
        )  # fmt: skip


def _urban(town: Town) -> list[Division]:
    return [row for row in town.communities if row.village_type not in RURAL]


def _forms(town: Town, end: datetime, rng: Random) -> None:
    """The first form, the second department that wanted the same and got its answers at once, a form that has retired."""
    pairs, places = _departments(town), _urban(town)
    if len(pairs) < 2:
        return
    with clock.travel(_office(end - timedelta(days=160))):
        old = _draft(
            pairs[0],
            "汛期物资储备核对表",
            ("SS-007", "SS-012", "ZZ-009"),
            places,
            valid_to=clock.today() + timedelta(days=60),
        )
        _dispatch(old)
    with clock.travel(_office(end - timedelta(days=120))):
        first = _dispatch(_draft(pairs[0], "社区服务保障基本情况表", TWENTY, places))
    with clock.travel(_office(end - timedelta(days=118))):
        if first.demand_id and first.demand.status == "sent":
            _fill(first, rng)
    with clock.travel(_office(end - timedelta(days=90))):
        services.forms_sweep()
    with clock.travel(_office(end - timedelta(days=60))):
        _dispatch(_draft(pairs[1], "社区基本情况摸底表", TWENTY, places))
    fact = Fact.objects.current().select_related("element", "community").get(code="ZZ-005", community=places[0])
    with clock.travel(_office(end - timedelta(days=40))):
        services.fact_correct(by=community_of(places[0]), fact=fact, value=int(fact.value) + 3)


def _running(town: Town, end: datetime, rng: Random) -> None:
    """What lies on the desks now: one being filled in, one joined to it, one that must join, one to approve, an unmarked draft."""
    pairs, places = _departments(town), _urban(town)
    if len(pairs) < 2:
        return
    with clock.travel(_office(end - timedelta(days=9))):
        running = _dispatch(_draft(pairs[0], "冬季安全设施情况表", RUNNING, places))
    with clock.travel(_office(end - timedelta(days=7))):
        if running.demand_id and running.demand.status == "sent":
            _fill(running, rng, but=2)
        joined = _draft(pairs[2 % len(pairs)], "冬季设施摸底表", RUNNING[:-1], places)
        services.form_join(form=joined, into=running, by=desk_of(joined.department))
    with clock.travel(_office(end - timedelta(days=5))):
        third = pairs[2 % len(pairs)]
        _draft(pairs[1], "设施与集结点统计表", (*RUNNING, "SS-009"), places)
        files = _draft(
            third, "居民公约文本报送表", ("ZZ-011", "ZZ-013"), places, required=frozenset({"ZZ-011", "ZZ-013"})
        )
        services.form_submit(form=files, by=desk_of(files.department))
        _draft(pairs[0], "志愿服务情况表", ("ZZ-007", "DW-013"), places, form_code="", approval_no="")


def _takings(town: Town, end: datetime) -> None:
    """Departments take figures instead of sending forms."""
    purposes = (
        ("冬季供暖保障户数测算", ("FW-003", "FW-012", "RK-003")), ("养老助餐点布局", ("RK-006", "RK-007", "SS-003")),
        ("消防力量配置", ("DW-010", "SS-006", "ZZ-009", "SS-014")),
    )  # fmt: skip
    kinds = sorted(town.departments)
    for number, (purpose, codes) in enumerate(purposes):
        department = town.departments[kinds[number * 3 % len(kinds)]]
        rows = list(DataElement.objects.in_force().filter(code__in=codes).order_by("code"))
        with clock.travel(_office(end - timedelta(days=45 - number * 14))):
            services.facts_take(
                by=desk_of(department), department=department, purpose=f"{purpose}（演示）", elements=rows, basis="示例：市级数据共享目录",
                communities=town.communities, is_synthetic=True,
            )  # fmt: skip
