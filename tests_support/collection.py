"""Short stories of collection: the catalogue, facts of the home street, forms in every state."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.territory.models import Department, Division
from grid.collection import services
from grid.collection.models import DataElement, Fact, Form
from grid.collection.services import FactInput, FormInput

from . import demands, stories

MORNING = demands.MORNING
DAY = demands.DAY
TWENTY = (
    *(f"RK-{number:03d}" for number in range(1, 9)), *(f"FW-{number:03d}" for number in range(1, 5)), "SS-001", "SS-002", "ZZ-001",
    "ZZ-005", "ZZ-012", "FW-010", "SS-014", "SJ-010",
)  # fmt: skip  # the last five only the community knows
BY_HAND = ("ZZ-005", "ZZ-012", "FW-010", "SS-014", "SJ-010")
ANSWERS = {"ZZ-005": "31", "ZZ-012": "每季度", "FW-010": "4", "SS-014": "充足", "SJ-010": "停车", "RK-016": "3", "DW-013": "2",
           "SS-013": "二号岗亭", "ZZ-011": "2026-01-31", "SJ-011": "无"}  # fmt: skip


def elements(*codes: str) -> list[DataElement]:
    """Elements by code, in that order; the catalogue is loaded when it is not there."""
    services.elements_load()
    rows = {row.code: row for row in DataElement.objects.in_force().filter(code__in=codes)}
    return [rows[code] for code in codes]


def value_of(element: DataElement, number: int = 1) -> object:
    """Some value of the right kind."""
    if element.kind == "choice":
        return element.choices[number % len(element.choices)]
    return {"number": 100 + number, "date": "2026-05-01"}.get(element.kind, "居委会一楼")


def feed(*codes: str, places: list[Division] | None = None, moment: datetime = MORNING) -> list[Fact]:
    """Facts from the systems for communities of the home street."""
    rows = elements(*codes)
    places = demands.communities() if places is None else places
    with clock.travel(moment):
        return services.facts_record(
            by=SYSTEM, origin="system",
            rows=[FactInput(row, place, value_of(row, at)) for row in rows for at, place in enumerate(places)],
        )  # fmt: skip


def feed_twenty(**more) -> list[Fact]:
    """What systems know of the twenty fields."""
    return feed(*(code for code in TWENTY if code not in BY_HAND), **more)


def item(department: Department | None = None, code: str = "SQ-U-2026-021"):
    """An admission item for reports."""
    more = {"department": department} if department else {}
    return demands.item(code, form="report", name="社区基本情况表", **more)


def content(*codes: str, items=None, **changes) -> FormInput:
    """What a department would write; change what the test is about."""
    words = FormInput(
        title="社区基本情况表", purpose="冬季服务保障安排。", elements=tuple(elements(*(codes or TWENTY))),
        communities=tuple(demands.communities()), item=items or _item(), form_code="大城管统 1 表", issuer="区城市管理局",
        approval_no="区统备〔2026〕7 号", valid_to=date(2027, 6, 30), due_on=DAY + timedelta(days=10),
    )  # fmt: skip
    return replace(words, **changes)


def _item():
    from communities.admission.models import AdmissionItem

    return AdmissionItem.objects.filter(code="SQ-U-2026-021").first() or item()


def draft(actors, *codes: str, by=None, department=None, **changes) -> Form:
    """A draft of the department ``dept``."""
    with clock.travel(MORNING):
        return services.form_draft(
            by=by or actors.dept, department=department or stories.departments(stories.street())[0],
            content=content(*codes, **changes),
        )  # fmt: skip


def send(actors, *codes: str, form: Form | None = None, moment=MORNING, by=None, **more) -> Form:
    """A form that was dispatched at ten in the morning."""
    row = form or draft(actors, *codes)
    with clock.travel(moment):
        return services.form_dispatch(form=row, by=by or actors.dept, **more)


def part(form: Form, number: int = 0):
    """A community's part of a form; the first is the cast's own."""
    return form.demand.targets.select_related("demand", "community", "item").get(
        community=demands.communities()[number]
    )


def fill(actors, form: Form, number: int = 0, **more):
    """The community hands its part in."""
    from governance.kernel.actor import Actor, Post

    target = part(form, number)
    post = Post(role="community", unit_id=target.unit_id, street_id=target.street_id, community_id=target.community_id)
    by = more.pop("by", None) or (actors.community if number == 0 else Actor(label="社区", posts=(post,)))
    with clock.travel(more.pop("moment", MORNING + timedelta(hours=1))):
        return services.part_submit(target=target, by=by, **{"values": ANSWERS, **more})


def fill_all(actors, form: Form) -> Form:
    """Every community hands its part in."""
    for number in range(form.reached):
        fill(actors, form, number)
    form.refresh_from_db()
    return form


def other_item():
    """The second department's own admission item."""
    from communities.admission.models import AdmissionItem

    code = "SQ-U-2026-022"
    return AdmissionItem.objects.filter(code=code).first() or item(stories.departments(stories.street())[1], code)


def second(actors, *codes: str, **changes) -> Form:
    """Another department's draft of the same fields."""
    return draft(
        actors, *codes, by=actors.assistant_dept, department=stories.departments(stories.street())[1], title="房屋服务情况表",
        items=other_item(), **changes,
    )  # fmt: skip
