"""Projects, findings, payments and refunds of communities in five relations, for the access matrix."""

from collections.abc import Callable
from types import SimpleNamespace

from funding.projects.models import BudgetLine, Finding, PaymentRequest, Project, Refund, Supplier
from governance.kernel import clock


def build(world: SimpleNamespace, relations: tuple[str, ...], setting: Callable, people: Callable) -> None:
    """An idea with an open finding, a draft of a payment and a refund that waits, in a community of each relation."""
    world.projects, world.findings, world.payments, world.refunds, made = {}, {}, {}, {}, {}
    for relation in relations:
        _street, _lead, place = setting(relation)
        if place.pk not in made:  # two relations may stand in one community
            made[place.pk] = _of(place)
        world.projects[relation], world.findings[relation], world.payments[relation], world.refunds[relation] = made[
            place.pk
        ]


def _of(place) -> tuple[Project, Finding, PaymentRequest, Refund]:
    where = {"community": place, "street_id": place.street_id, "unit_id": place.unit_id}
    year = clock.today().year
    project = Project.objects.create(
        number=f"XM-{place.code12}", fund="service_mass", year=year, title="楼道照明", purpose="看得见", category="safety",
        idea_from="居民", budget_fen=100, created_label="登记人", **where,
    )  # fmt: skip
    BudgetLine.objects.create(project=project, economic_code="30227", words="施工", fen=100)
    finding = Finding.objects.create(project=project, mark="打印机", reason="不得用于办公开支。", **where)
    payee = Supplier.objects.create(name="照明公司", bank="示例银行", account="0000123456789012", **where)
    payment = PaymentRequest.objects.create(
        number=f"ZF-{place.code12}", fund="office", year=year, supplier=payee, economic_code="30201", amount_fen=100,
        purpose="纸", created_label="申请人", **where,
    )  # fmt: skip
    refund = Refund.objects.create(
        payment=payment, amount_fen=100, received_on=clock.today(), reason="退货", created_label="登记人"
    )
    return project, finding, payment, refund


def _public(world: SimpleNamespace) -> dict:
    """One that has had money (it is being changed): anybody may read it."""
    place = world.projects["own"].community
    row, _ = Project.objects.get_or_create(
        number=f"XM-P{place.code12}", defaults={
            "community": place, "street_id": place.street_id, "unit_id": place.unit_id, "fund": "service_mass",
            "year": clock.today().year, "title": "花坛", "purpose": "好看", "category": "environment", "idea_from": "居民",
            "budget_fen": 100, "created_label": "登记人", "filed_at": clock.now(),
        },
    )  # fmt: skip
    return {"code12": place.code12, "number": row.number}


def samples(of: Callable, one: Callable) -> dict:
    """How to address them."""
    return {
        "project": of("projects"), "project-edit": of("projects"), "project-notice": of("projects"),
        "project-acceptance": of("projects"), "project-extend": of("projects"), "project-pay": of("projects"),
        "project-meeting": of("projects", step="propose"), "project-action": of("projects", action="withdraw"),
        "finding-action": of("findings", action="appeal"), "payment": of("payments"), "payment-edit": of("payments"),
        "money-project": one(_public), "payment-action": of("payments", action="cancel"),
        "payment-refund": of("payments"), "refund-action": of("refunds", action="refuse"), "api-project-detail": of("projects"),
        "api-payment-detail": of("payments"),
    }  # fmt: skip
