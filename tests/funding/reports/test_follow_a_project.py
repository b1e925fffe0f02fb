"""A real project, brought through its steps by the services, as residents, auditors and the risk rules see it."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse

from funding.disclosure.models import Disclosure
from funding.disclosure.services import disclosure_publish, disclosures_open
from funding.disclosure.sources import projects_of
from funding.ledger.models import Entry
from funding.ledger.states import AccountKind, Fund
from funding.projects import services
from funding.reports import budget, execution
from funding.reports.pack.manifest import check
from funding.reports.pack.write import pack_write
from funding.reports.risks import findings
from funding.reports.scope import Scope
from governance.kernel import clock
from tests.funding.projects.conftest import money, place, tell  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def spent(tell, place, settings, tmp_path):  # noqa: F811
    """An implemented project with three payments: two to a firm, one to a person."""
    settings.MEDIA_ROOT = str(tmp_path)
    project = tell.project("implementing")
    tell.paid = tell.payment("paid", project=project, fen=9_800_00)
    tell.payment("paid", project=project, fen=9_900_00, purpose="照明改造第二期工程款")
    tell.payment(
        "paid", project=project, fen=1_000_00, supplier=tell.supplier("王小明"), purpose="安装劳务费 13800138000"
    )
    tell.one, tell.scope = project, Scope(clock.today().year, place.unit, place.street, place)
    return tell


def test_residents_see_the_project_the_firm_and_no_person(client, spent, place):  # noqa: F811
    page = client.get(reverse("money", args=[place.code12])).content.decode()
    assert "三号楼楼道照明改造" in page
    assert "实施中" in page
    assert "亮堂照明工程有限公司" in page
    assert "王**" in page
    assert "王小明" not in page
    assert "13800138000" not in page
    assert f"project={spent.one.number}" in page
    own = client.get(reverse("money", args=[place.code12]), {"project": spent.one.number}).content.decode()
    assert "20,700.00" in own


def test_the_way_of_a_payment_names_no_person(client, spent, place):  # noqa: F811
    for entry in Entry.objects.filter(account__community=place, account__kind=AccountKind.PAID):
        page = client.get(reverse("money-way", args=[place.code12, entry.pk])).content.decode()
        assert "王小明" not in page
        assert spent.one.number in page


def test_what_was_only_talked_about_is_not_shown(spent, place):  # noqa: F811
    spent.project("deliberated", title="还没有决定的事")
    assert [row["title"] for row in projects_of(place, clock.today().year)] == ["三号楼楼道照明改造"]


def test_acceptance_in_public_words(spent, place):  # noqa: F811
    spent.to(spent.one, "accepted")
    row = projects_of(place, clock.today().year)[0]
    assert row["acceptance"].startswith("通过，5 人评议、5 人满意")
    assert (row["budget_fen"], row["paid_fen"]) == (42_000_00, 20_700_00)


def test_what_is_published_names_no_person(spent, place, actors):  # noqa: F811
    later = clock.now().replace(month=12, day=31) + timedelta(days=20)
    with clock.travel(later):
        disclosures_open()
        row = Disclosure.objects.filter(community=place).order_by("-end").first()
        row = disclosure_publish(disclosure=row, by=actors.community)
    text = str(row.snapshot)
    assert "亮堂照明" in text
    assert "王小明" not in text
    assert row.snapshot["projects"][0]["number"] == spent.one.number


def test_risks_name_their_documents(spent, actors):
    found = findings(spent.scope, actors.finance)
    assert [row.url for row in found["concentration"]] == [_last(spent, "亮堂照明工程有限公司").get_absolute_url()]
    assert [row.fen for row in found["split"]] == [19_700_00]
    assert found["same_day"] == []
    spent.payment("paid", project=spent.one, fen=100_00)
    assert [row.text for row in findings(spent.scope, actors.finance)["same_day"]] == [
        "同一日向 亮堂照明工程有限公司 支付 3 笔"
    ]


def _last(spent, name):
    return spent.paid.project.payments.filter(supplier__name=name).order_by("-id").first()


def test_missing_quotes_and_appeals(spent, actors):
    spent.payment("submitted", project=spent.one, fen=12_000_00)
    row = services.finding_appeal(
        finding=spent.project(purpose="给老年食堂买打印机打印菜单", title="老年食堂").findings.get(), by=actors.community,
        note="打印机放在老年食堂，供居民使用。",
    )  # fmt: skip
    found = findings(spent.scope, actors.finance)
    assert [line.text for line in found["quotes"]] == ["比价 0 家，少于 3 家，以集体决策代替"]
    assert [line.url for line in found["appeals"]] == [row.project.get_absolute_url()]
    assert findings(spent.scope, actors.foreign_social)["quotes"] == []


def test_publicity_too_short_when_the_rule_grows(spent, actors):
    from datetime import date

    from governance.kernel.policy import policy_change

    assert findings(spent.scope, actors.finance)["publicity"] == []
    later = spent.project("publicised", title="第二件")
    policy_change(key="funding.decision_notice_days", value=15, effective_from=date(2025, 1, 1))
    assert [row.text for row in findings(spent.scope, actors.finance)["publicity"]] == ["决议公开 9 日，少于 15 日"] * 2
    services.notice_extend(project=later, by=actors.community, to_on=clock.today() + timedelta(days=7))
    assert len(findings(spent.scope, actors.finance)["publicity"]) == 1  # the longer one is long enough


def test_budget_and_final_account_by_code(spent, place):  # noqa: F811
    scope = Scope(clock.today().year, place.unit, place.street, place, Fund.SERVICE_MASS.value)
    rows = {code: (fen, out) for code, _name, fen, out in budget.lines(scope)}
    assert rows == {"30218": (12_000_00, 0), "30227": (30_000_00, 20_700_00), "": (158_000_00, 0)}


def test_by_category_and_satisfaction(spent, actors):
    spent.to(spent.one, "accepted")
    assert [(row.name, row.fen) for row in execution.by_category(spent.scope, actors.city)] == [("平安建设", 20_700_00)]
    from funding.reports.sources import satisfaction

    figure = satisfaction(spent.scope, actors.city)
    assert (figure.value, figure.numerator, figure.denominator) == (100.0, 5, 5)
    assert satisfaction(spent.scope, actors.foreign_social).value is None


def test_the_pack_of_a_project_holds_its_papers(spent, actors):
    scope = Scope(
        spent.scope.year, spent.scope.unit, spent.scope.street, spent.scope.community, project=spent.one.number
    )
    raw = pack_write(scope=scope, by=actors.auditor, subject=spent.one).read()
    assert check(io.BytesIO(raw)).problems == ()
    names = zipfile.ZipFile(io.BytesIO(raw)).namelist()
    assert sum(name.startswith("凭证附件/paymentrequest-") for name in names) == 3
    for table in ("05-项目", "06-议事", "07-公示", "09-支付申请"):
        assert f"账簿/{table}.xlsx" in names


def test_the_pack_of_one_project_leaves_the_other_out(spent, actors):
    other = spent.payment("paid", fen=500_00)
    scope = Scope(spent.scope.year, community=spent.scope.community, project=other.project.number)
    names = zipfile.ZipFile(pack_write(scope=scope, by=actors.auditor, subject=other.project)).namelist()
    assert [name.split("/")[1] for name in names if name.startswith("凭证附件/")] == [f"paymentrequest-{other.pk}"]


def test_one_click_on_the_project_exports_its_pack(client, cast, spent):
    client.force_login(cast.leader)
    page = client.get(spent.one.get_absolute_url()).content.decode()
    assert f'name="project" value="{spent.one.number}"' in page
    answer = client.post(reverse("audit-pack"), {"year": spent.one.year, "project": spent.one.number})
    assert check(io.BytesIO(b"".join(answer.streaming_content))).problems == ()
    client.force_login(cast.community)
    assert reverse("audit-pack") not in client.get(spent.one.get_absolute_url()).content.decode().split("<main")[1]
