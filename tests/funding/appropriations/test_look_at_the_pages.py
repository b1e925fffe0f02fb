"""The pages as their readers see them; who may do what there; how many statements they take."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from funding.appropriations.demo import appropriations_demo_load
from funding.appropriations.models import BankReturn, DisbursementBatch, EntitlementLine, EntitlementRun
from funding.ledger.models import Account, Journal
from governance.kernel.audit import AuditEvent
from tests_support import entitlements as story
from tests_support.queries import BASELINE

pytestmark = pytest.mark.django_db
OURS = {name: count for name, count in BASELINE.items() if " /entitlements/" in name or " /disbursements/" in name}


@pytest.fixture
def sent(unit, payees):
    """The unit's grant and a batch at the bank, all but one line answered."""
    run = story.run(unit)
    batch = story.batch(unit, quarter=1)
    story.returned(batch, only=tuple(range(2, batch.count + 1)), bounce=(3,))
    return run, batch


def page(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def test_from_calculation_to_the_bank_on_pages(client, cast, unit, payees, year):
    client.force_login(cast.finance)
    answer = client.post(
        reverse("entitlement-run-new"), {"year": year, "fund": "service_mass", "kind": "annual", "unit": unit.code}
    )
    run = EntitlementRun.objects.get()
    assert answer["Location"] == run.get_absolute_url()
    prefix = f"{run.get_absolute_url()}actions/"
    client.post(f"{prefix}recalculate/")
    client.post(f"{prefix}submit/")
    assert client.post(f"{prefix}approve/").status_code == 403
    client.force_login(cast.city)
    assert "批准" in page(client, run.get_absolute_url())
    client.post(f"{prefix}approve/")
    client.post(f"{prefix}appropriate/")
    assert "记账凭证" in page(client, run.get_absolute_url())
    client.force_login(cast.finance)
    client.post(
        reverse("disbursement-new"),
        {"unit": unit.code, "fund": "service_mass", "year": year, "quarter": 1, "percent": 25},
    )
    batch = DisbursementBatch.objects.get()
    prefix = f"{batch.get_absolute_url()}actions/"
    client.post(f"{prefix}redraft/")
    client.post(f"{prefix}check/")
    client.force_login(cast.city)
    client.post(f"{prefix}approve/")
    client.force_login(cast.finance)
    client.post(f"{prefix}export/")
    batch.refresh_from_db()
    file = client.post(reverse("disbursement-file", args=[batch.pk]))
    assert (batch.status, file.status_code, file["Content-Type"][-5:]) == ("exported", 200, "sheet")
    assert AuditEvent.objects.filter(action="disbursementbatch.file", actor=cast.finance).count() == 1
    answer = client.post(reverse("disbursement-return", args=[batch.pk]), {"file": story.answer(batch, bounce=(1,))})
    back = BankReturn.objects.get()
    assert answer["Location"] == back.get_absolute_url()
    assert "确认登记" in page(client, back.get_absolute_url())
    client.post(reverse("bank-return-apply", args=[back.pk]))
    assert "同一文件再次上传不会重复记账" in page(client, back.get_absolute_url())
    assert "账户已销户" in page(client, batch.get_absolute_url())


def test_a_wrong_file_shows_what_is_wrong_where(client, cast, unit, payees):
    story.run(unit)
    batch = story.batch(unit)
    rows = story.rows_of(batch)
    rows[0][4] = 1
    total = story.control(batch, rows)
    rows[1][4] = "五万元整"
    client.force_login(cast.finance)
    client.post(reverse("disbursement-return", args=[batch.pk]), {"file": story.bank_file([*rows, total])})
    back = BankReturn.objects.get()
    text = page(client, back.get_absolute_url())
    assert "金额与送出的 50,000.00 元不符" in text and "没有登记任何一笔" in text and "确认登记" not in text
    assert all(f">{amount}</td>" in text for amount in ("1.00", "五万元整", "50,000.00"))
    assert batch.lines.get(number=1).payee.number not in text
    assert client.get(reverse("bank-return-errors", args=[back.pk])).status_code == 200
    client.post(reverse("bank-return-apply", args=[back.pk]))
    assert not Journal.objects.filter(kind="arrive").exists()


def test_a_file_that_is_no_table_is_refused_at_its_field(client, cast, unit, payees):
    from django.core.files.uploadedfile import SimpleUploadedFile

    story.run(unit)
    batch = story.batch(unit)
    client.force_login(cast.finance)
    answer = client.post(
        reverse("disbursement-return", args=[batch.pk]), {"file": SimpleUploadedFile("x.xlsx", b"not a workbook")}
    )
    assert answer.status_code == 422


def test_the_explanation_of_one_community(client, cast, sent, places):
    line = EntitlementLine.objects.get(community=places[0])
    client.force_login(cast.community)
    text = page(client, line.get_absolute_url())
    assert "服务群众专项经费标准（每个社区党组织每年）：200,000 元" in text
    assert reverse("policy-rule", args=["funding.service.community_yuan"]) in text
    assert reverse("entitlement-run", args=[line.run_id]) not in text


def test_a_community_sees_its_own_money_only(client, cast, sent, places):
    own, other = (reverse("funding-place", args=[place.code12]) for place in places[:2])
    client.force_login(cast.community)
    text = page(client, own)
    assert "200,000" in text and "待拨" in text
    page(client, other, 404)
    assert client.get(reverse("entitlement-runs")).status_code == 403
    assert client.get(sent[1].get_absolute_url()).status_code == 404


def test_street_and_city_see_it_too(client, cast, sent, places):
    url = reverse("funding-place", args=[places[1].code12])
    for name in ("leader", "city", "finance", "auditor"):
        client.force_login(getattr(cast, name))
        page(client, url)
    for name in ("outsider", "dept", "foreign_social", "sibling_leader"):
        client.force_login(getattr(cast, name))
        page(client, url, 404)


def test_last_year_beside_this_one(client, cast, sent, unit, year, django_assert_max_num_queries):
    client.force_login(cast.city)
    url = reverse("entitlement-compare", args=[sent[0].pk])
    assert "无从比较" in page(client, url)
    story.run(unit, "approved", year=year - 1)
    with django_assert_max_num_queries(10):
        text = page(client, url)
    assert "与上年相同" in text and text.count("13,000,000.00") == 2


def test_an_account_is_registered_by_finance(client, cast, places):
    url = reverse("payee-set", args=[places[0].code12])
    sent = {"name": "户名", "bank": "开户行", "number": "0000 1234 5678"}
    client.force_login(cast.leader)
    assert client.post(url, sent).status_code == 403
    client.force_login(cast.finance)
    assert client.post(url, {**sent, "number": "6222020200112233"}).status_code == 422
    assert client.post(url, sent).status_code == 302
    text = page(client, reverse("funding-place", args=[places[0].code12]))
    assert "**** 5678" in text and "000012345678" not in text


def test_figures_and_exports_hide_account_numbers(client, cast, sent):
    client.force_login(cast.finance)
    number = sent[1].lines.first().payee.number
    assert number not in page(client, sent[1].get_absolute_url())
    assert number not in client.get(f"/api/v1/disbursements/{sent[1].pk}/").content.decode()
    export = b"".join(client.get(f"{reverse('entitlements')}?export=csv").streaming_content).decode()
    assert export.count("服务群众专项经费") == sent[0].communities


def test_the_api_gives_the_reasons(client, cast, sent, places):
    client.force_login(cast.community)
    found = client.get("/api/v1/entitlements/").json()["results"]
    assert [row["community"] for row in found] == [places[0].code12]
    assert found[0]["amount_fen"] == 200_000_00
    assert {"text", "rule", "begins"} == set(found[0]["basis"][0])
    assert client.get("/api/v1/disbursements/").json()["results"] == []


def test_the_year_is_closed_on_a_page_once(client, cast, sent, year, at):
    from datetime import datetime

    from django.utils import timezone

    client.force_login(cast.city)
    url = f"{reverse('year-close')}?year={year}&fund=service_mass"
    assert "12 月 20 日" in page(client, url)
    with at(datetime(year, 12, 29, 10, tzinfo=timezone.get_default_timezone())):
        text = page(client, url)
        key = text.split('name="form_key" value="')[1][:36]
        for _click in range(2):
            client.post(reverse("year-close"), {"year": year, "fund": "service_mass", "form_key": key})
        assert "已办理" in page(client, url)
    under_way = set(Account.objects.filter(kind="transit", balance_fen__gt=0).values_list("community", flat=True))
    left = Account.objects.filter(year=year, kind="available").exclude(balance_fen=0)
    assert set(left.values_list("community", flat=True)) <= under_way


def test_desks_show_what_waits(client, cast, unit, payees):
    story.run(unit, "submitted")
    client.force_login(cast.city)
    assert "待批准、待下达的经费核定" in page(client, "/desk/")
    run = EntitlementRun.objects.get()
    for step in ("approve", "appropriate"):
        client.post(f"{run.get_absolute_url()}actions/{step}/")
    batch = story.batch(unit)
    client.force_login(cast.finance)
    assert "未结清的拨付批次" in page(client, "/desk/")
    story.returned(batch)
    assert "未结清的拨付批次" not in page(client, "/desk/")
    client.force_login(cast.community)
    assert "本社区经费到账" in page(client, "/desk/")


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_page_takes_a_constant_number_of_queries(client, cast, sent, places, name):
    """Pinned in tests/baselines/queries.json; more rows, no more statements."""
    who, url = name.split(" ", 1)
    url = url.format(
        run=sent[0].pk,
        batch=sent[1].pk,
        place=places[0].code12,
        line=EntitlementLine.objects.get(community=places[0]).pk,
    )
    client.force_login(getattr(cast, who))
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    count = len([query for query in seen if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])
    assert count == OURS[name]
    assert count <= 10 or "{" in name


def test_the_pages_are_pinned():
    assert len(OURS) >= 8


def test_the_demo_s_money(cast, year):
    made = appropriations_demo_load()
    assert made == 6
    assert appropriations_demo_load() == 0
    assert set(EntitlementRun.objects.values_list("status", "is_synthetic")) == {("appropriated", True)}
    assert sorted(DisbursementBatch.objects.values_list("status", flat=True)) == [
        "partly_returned",
        "settled",
        "settled",
    ]
    assert Journal.objects.filter(kind="bounce").count() == 1
    moments = list(Journal.objects.order_by("id").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert sum(Account.objects.values_list("balance_fen", flat=True)) == 0
    connection.check_constraints()
