"""Draft, check, publish, download, withdraw: through services, pages and the API; every state × step; what the database refuses."""

import csv
import io
import json
import zipfile

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.urls import reverse
from pyarrow import parquet

from governance.invariants import broken, queries
from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, Forbidden, IllegalTransition, Invalid, StaleVersion
from governance.territory.models import ManagementUnit
from grid.lab import services
from grid.lab.models import OpenDataset, OpenDatasetFile
from grid.lab.states import DatasetStatus as S
from grid.lab.workflow import DATASET_FLOW
from tests_support import lab
from tests_support.lab import drafted, published

pytestmark = pytest.mark.django_db


def test_too_fine_then_coarser_then_out(actors, crowd):
    row = drafted(actors, levels={"period": "month", "place": "community"})
    assert row.status == S.DRAFT
    assert not row.finding["passed"]
    with pytest.raises(Conflict, match="不足 5 件"):
        services.dataset_publish(dataset=row, by=actors.city)
    advice = row.finding["advice"]["cut"]
    row = services.dataset_edit(
        dataset=row, by=actors.city, application=lab.asked(), cut=services.OpenDataset(cut=advice).query
    )
    row = services.dataset_publish(dataset=row, by=actors.city, version=row.version)
    assert (row.status, row.row_count) == (S.PUBLISHED, 21)
    assert row.k_reached >= row.k_required == 5
    labels = list(AuditEvent.objects.filter(thread=row.thread).order_by("id").values_list("label", flat=True))
    assert labels == ["编制开放数据", "检核未通过", "修改切片", "检核通过", "发布"]
    assert broken() == {}


def test_csv_and_parquet_say_the_same_and_bring_their_dictionary(actors, crowd, client):
    row = published(actors)
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"/open-data/{row.pk}/csv/").content))
    lines = list(csv.reader(io.StringIO(archive.read("data.csv").decode("utf-8-sig"))))
    table = parquet.read_table(io.BytesIO(client.get(f"/open-data/{row.pk}/parquet/").content))
    assert lines[0] == table.column_names == ["period", "place_code", "place", "demo"]
    written = [
        [str(value).lower() if isinstance(value, bool) else value for value in one.values()]
        for one in table.to_pylist()
    ]
    assert lines[1:] == written
    assert len(written) == 21
    assert written == sorted(written)
    package = json.loads(archive.read("datapackage.json"))
    assert package == json.loads(table.schema.metadata[b"datapackage"]) == OpenDataset.objects.get().package
    assert [field["name"] for field in package["resources"][0]["schema"]["fields"]] == lines[0]
    assert "CC BY 4.0" in archive.read("LICENCE.txt").decode()
    assert package["query"]["cut"] == row.cut
    everything = archive.read("data.csv").decode() + str(table.to_pylist())
    assert "13800138000" not in everything
    assert "LAB-" not in everything


def test_counts_have_a_line_a_group(actors, crowd, client):
    row = published(actors, shape="counts")
    table = parquet.read_table(io.BytesIO(client.get(f"/open-data/{row.pk}/parquet/").content))
    assert table.column("rows").to_pylist() == [7, 7, 7]
    assert row.row_count == 3


def test_a_formula_in_a_name_is_text(actors, crowd):
    ManagementUnit.objects.update(short_name="=cmd|' /C calc'!A0")
    row = published(actors)
    content = bytes(row.files.get(kind="csv").content)
    text = zipfile.ZipFile(io.BytesIO(content)).read("data.csv").decode("utf-8-sig")
    assert "'=cmd" in text
    assert all(not cell.startswith("=") for line in csv.reader(io.StringIO(text)) for cell in line)


def test_the_hashes_are_those_of_the_bytes(actors, crowd, client):
    import hashlib

    row = published(actors)
    for file in row.files.all():
        body = client.get(file.url).content
        assert hashlib.sha256(body).hexdigest() == file.sha256
        assert hashlib.new("sm3", body).hexdigest() == file.sm3
        assert len(body) == file.size


def altered(sql: str, *values) -> None:
    """Run a statement past the triggers, as whoever owns the database can."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no trigger may be waiting
        cursor.execute("ALTER TABLE grid_opendatasetfile DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE grid_opendatasetfile ENABLE TRIGGER USER")


def test_altered_bytes_are_found_and_not_sent(actors, crowd, client, caplog):
    row = published(actors)
    name = next(name for name in queries() if name.startswith("open data:"))
    altered(
        "UPDATE grid_opendatasetfile SET content = set_byte(content, 99, 255 - get_byte(content, 99)) WHERE kind = 'parquet'"
    )
    answer = client.get(f"/open-data/{row.pk}/parquet/")
    assert answer.status_code == 500 and b"PAR1" not in answer.content
    assert "散列不一致" in answer.content.decode() and "is not what was published" in caplog.text
    assert client.get(f"/open-data/{row.pk}/csv/").status_code == 200
    assert broken() == {name: [(row.pk,)]}
    altered("UPDATE grid_opendatasetfile SET sha256 = encode(sha256(content), 'hex') WHERE kind = 'parquet'")
    assert broken() == {name: [(row.pk,)]}  # the audit event remembers the hash


def test_no_telephone_number_gets_on_the_public_page(actors, crowd):
    with pytest.raises(Invalid) as refused:
        services.dataset_draft(by=actors.city, application=lab.asked(purpose="联系 13800138000"), cut=lab.cut())
    assert set(refused.value.fields) == {"purpose"}
    with pytest.raises(Invalid):
        services.dataset_withdraw(dataset=published(actors), by=actors.city, note="问 13800138000")


def test_what_is_published_stays_whatever_happens_to_its_rows(actors, crowd, client):
    row = published(actors)
    before = client.get(f"/open-data/{row.pk}/csv/").content
    lab.incidents(3)
    assert client.get(f"/open-data/{row.pk}/csv/").content == before


def test_a_difference_with_what_was_published_is_refused_even_after_withdrawal(actors, crowd):
    row = published(actors, levels={"period": "quarter"})
    services.dataset_withdraw(dataset=row, by=actors.city, note="列名有误")
    lab.incidents(2, month=7, category=lab.small(-1))  # a quarter with them is other than the one that is out
    again = services.dataset_draft(by=actors.city, application=lab.asked(), cut=lab.cut(levels={"period": "quarter"}))
    assert not again.finding["passed"]
    assert again.finding["changed"] == 1


def test_withdrawn_is_gone_with_its_reason(actors, crowd, client):
    row = published(actors)
    assert client.get(row.public_url).status_code == 200
    with pytest.raises(Invalid):
        services.dataset_withdraw(dataset=row, by=actors.city, note=" ")
    services.dataset_withdraw(dataset=row, by=actors.city, note="类别有误，另行发布")
    for url in (row.public_url, f"/open-data/{row.pk}/csv/", f"/api/v1/open-datasets/{row.pk}/"):
        answer = client.get(url)
        assert answer.status_code == 410, url
        assert "类别有误" in answer.content.decode()
    assert row.public_url not in client.get("/open-data/").content.decode()


def test_a_draft_is_nobodys(actors, crowd, client):
    row = drafted(actors)
    for url in (row.public_url, f"/open-data/{row.pk}/csv/", f"/api/v1/open-datasets/{row.pk}/"):
        assert client.get(url).status_code == 404, url
    assert client.get("/api/v1/open-datasets/").json()["results"] == []


def test_the_public_page_and_the_api_show_dictionary_query_and_hashes(actors, crowd, client):
    row = published(actors)
    page = client.get(row.public_url).content.decode()
    assert row.files.first().sha256 in page
    for words in ("数据字典", "不得重新识别", "2026-07 至 2026-09", "place_code", "演示数据"):
        assert words in page
    body = client.get(f"/api/v1/open-datasets/{row.pk}/").json()
    assert body["package"]["privacy"]["k_reached"] == 7
    assert {file["sha256"] for file in body["files"]} == set(row.files.values_list("sha256", flat=True))
    assert client.get("/api/v1/open-datasets/", {"source": "tickets"}).json()["results"] == []
    kinds = client.get("/api/v1/open-data-dictionary/").json()
    assert [kind["key"] for kind in kinds] == ["incidents", "tickets"]
    assert client.get("/api/v1/open-data-dictionary/tickets/").json() == kinds[1]
    assert client.get("/api/v1/open-data-dictionary/persons/").status_code == 404
    assert "从不开放" in client.get("/open-data/dictionary/").content.decode()


def test_one_address_does_not_take_everything(actors, crowd, client):
    from governance.kernel.policy import policy_change

    policy_change(key="lab.downloads_per_hour", value=2, effective_from=lab.START)
    row = published(actors)
    codes = [client.get(f"/open-data/{row.pk}/csv/").status_code for _ in range(4)]
    assert codes == [200, 200, 429, 429]


@pytest.mark.parametrize("query", ["?source=%00", "?before=abc", "?before=999999999999999999999", "?source=persons"])
def test_the_list_takes_anything(client, query):
    assert client.get(f"/open-data/{query}").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"), ({"institution": ""}, "institution"), ({"purpose": ""}, "purpose"),
        ({"licence_accepted": False}, "licence_accepted"), ({"until": lab.START}, "until"),
    ],
)  # fmt: skip
def test_what_an_application_needs(actors, crowd, changes, field):
    with pytest.raises(Invalid) as refused:
        services.dataset_draft(by=actors.city, application=lab.asked(**changes), cut=lab.cut())
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("who", ["staff", "social", "community", "dept", "auditor"])
def test_only_the_office_composes_publishes_and_withdraws(actors, crowd, who):
    row, by = drafted(actors), getattr(actors, who)
    for act in (
        lambda: services.dataset_draft(by=by, application=lab.asked(), cut=lab.cut()),
        lambda: services.dataset_edit(dataset=row, by=by, application=lab.asked(), cut=lab.cut()),
        lambda: services.dataset_publish(dataset=row, by=by),
    ):
        with pytest.raises(Forbidden):
            act()


def brought(actors, state: str) -> OpenDataset:
    row = drafted(actors)
    if state != S.DRAFT:
        row = services.dataset_publish(dataset=row, by=actors.city)
    return services.dataset_withdraw(dataset=row, by=actors.city, note="理由") if state == S.WITHDRAWN else row


STEPS = {
    "publish": lambda row, by: services.dataset_publish(dataset=row, by=by),
    "withdraw": lambda row, by: services.dataset_withdraw(dataset=row, by=by, note="理由"),
}


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("step", STEPS)
def test_every_cell(actors, crowd, state, step):
    row, legal = brought(actors, state), DATASET_FLOW.transitions[step]
    if state in legal.sources:
        assert STEPS[step](row, actors.city).status == legal.target
    else:
        with pytest.raises(IllegalTransition):
            STEPS[step](row, actors.city)
        assert OpenDataset.objects.get(pk=row.pk).status == state


def test_the_table_is_whole():
    assert set(STEPS) == set(DATASET_FLOW.transitions)


def test_publishing_past_the_service_is_refused(actors, crowd):
    with pytest.raises(IllegalTransition):
        DATASET_FLOW.fire(drafted(actors), "publish", by=actors.city, changes={"k_required": 5, "k_reached": 4})


def test_an_old_form_is_stale_and_a_published_one_is_closed(actors, crowd):
    row = drafted(actors)
    services.dataset_edit(dataset=row, by=actors.city, application=lab.asked(), cut=lab.cut(), version=1)
    with pytest.raises(StaleVersion):
        services.dataset_edit(dataset=row, by=actors.city, application=lab.asked(), cut=lab.cut(), version=1)
    services.dataset_publish(dataset=row, by=actors.city)
    with pytest.raises(IllegalTransition):
        services.dataset_edit(dataset=row, by=actors.city, application=lab.asked(), cut=lab.cut())


@pytest.mark.parametrize("changes", [
    {"title": "别的"}, {"cut": {}}, {"k_reached": 9}, {"row_count": 1}, {"package": {}}, {"status": "draft"}, {"finding": {}},
])  # fmt: skip
def test_the_database_freezes_what_is_published(actors, crowd, changes):
    row = published(actors)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        OpenDataset.objects.filter(pk=row.pk).update(**changes)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        OpenDatasetFile.objects.filter(dataset=row).update(content=b"")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        OpenDatasetFile.objects.filter(dataset=row).delete()
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        row.delete()


@pytest.mark.parametrize("changes", [{"k_reached": 4}, {"k_required": 4, "k_reached": 4}, {"row_count": 0}])
def test_the_database_knows_k(actors, crowd, changes):
    row = drafted(actors)
    good = {"status": S.PUBLISHED, "k_required": 5, "k_reached": 7, "row_count": 21, "published_at": clock.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        OpenDataset.objects.filter(pk=row.pk).update(**good | changes)


def test_pages_of_the_office(client, cast, actors, crowd, django_assert_max_num_queries):
    row = drafted(actors, levels={"period": "month", "place": "community"})
    client.force_login(cast.city)
    with django_assert_max_num_queries(10):
        assert row.title in client.get(reverse("open-datasets")).content.decode()
    assert "按建议修改" in client.get(row.get_absolute_url()).content.decode()
    assert client.get(reverse("open-dataset-new", args=["persons"])).status_code == 404
    answer = client.post(f"{row.get_absolute_url()}actions/publish/", {"version": "1"}, follow=True)
    assert "检核没有通过" in answer.content.decode()
    bad = client.post(reverse("open-dataset-new", args=["incidents"]), {"title": "一"})
    assert bad.status_code == 422
    client.force_login(cast.staff)
    assert client.get(reverse("open-datasets")).status_code == 403


def test_the_dictionary_is_searched(client):
    """By what a column is called or means; unknown words leave the kinds without columns."""
    found = client.get("/api/v1/open-data-dictionary/", {"q": "place_code"}).json()
    assert [column["name"] for kind in found for column in kind["columns"]] == ["place_code"] * len(found)
    assert not any(kind["columns"] for kind in client.get("/api/v1/open-data-dictionary/", {"q": "不存在的列"}).json())
