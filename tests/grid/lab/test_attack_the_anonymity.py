"""Thirteen attacks on what was published, as somebody would try who holds every file and knows a neighbour's matter. None succeeds."""

import io
import json
import zipfile
from collections import Counter
from datetime import date, timedelta

import pytest
from pyarrow import parquet

from governance.kernel.errors import Conflict
from grid.incidents.models import Evaluation, Incident
from grid.incidents.states import Door
from grid.lab import services
from grid.lab.dictionary import SOURCES
from grid.lab.models import OpenDataset
from tests_support import lab
from tests_support.lab import drafted, published

pytestmark = pytest.mark.django_db
QUARTER, YEAR = {"period": "quarter"}, {"period": "year"}
VERDICT = {"period": "month", "verdict": "code"}


def refused(actors, words: str, **more) -> None:
    """The cut is refused when it is drafted, with these words, and when somebody publishes it all the same."""
    row = drafted(actors, **more)
    assert words in "".join(row.finding["reasons"])
    with pytest.raises(Conflict):
        services.dataset_publish(dataset=row, by=actors.city)


def table(row: OpenDataset) -> parquet.ParquetFile:
    return parquet.ParquetFile(io.BytesIO(bytes(row.files.get(kind="parquet").content)))


def test_1_a_year_less_two_halves_that_do_not_overlap(actors):
    """The year less January to June less July to November is December; the halves overlap the year only, not each other."""
    for month in (3, 8):
        lab.incidents(6, month=month, year=2025)
    lab.incidents(1, month=12, year=2025)
    published(actors, levels=YEAR, start=date(2025, 1, 1), end=date(2025, 12, 31))
    published(actors, levels={"place": "street"}, start=date(2025, 1, 1), end=date(2025, 6, 30))
    refused(actors, "两份数据一减", levels={"place": "street"}, start=date(2025, 7, 1), end=date(2025, 11, 30))


def test_2_what_left_the_rest_alone_later(actors):
    """Two publications of the same cut: one matter was evaluated in between, and the neighbour knows whose."""
    rows = lab.incidents(6)
    for row, verdict in zip(rows, ("good", "good", "poor"), strict=False):
        Evaluation.objects.create(incident=row, level="community", verdict=verdict)
    published(actors, levels=VERDICT)
    assert drafted(actors, levels=VERDICT).finding["passed"]
    Evaluation.objects.create(incident=rows[5], level="community", verdict="poor")  # six rows then, six rows now
    refused(actors, "后来有变动", levels=VERDICT)


def test_3_the_order_of_the_lines_says_nothing(actors):
    """The same matters reported in another order give the same lines: neither the first nor the last one shows."""
    lab.incidents(3, verdict="good"), lab.incidents(3, verdict="poor")
    one = table(published(actors, levels=VERDICT)).read()
    later = {"start": date(2025, 7, 1), "end": date(2025, 9, 30), "levels": VERDICT}
    lab.incidents(3, verdict="poor", year=2025), lab.incidents(3, verdict="good", year=2025)
    assert one.column("verdict").to_pylist() == table(published(actors, **later)).read().column("verdict").to_pylist()


def test_4_no_moment_finer_than_a_month(actors):
    """Five and seven hours are one band, the tenth is its month; no column has a time type; months are the finest there is."""
    lab.incidents(4, days=timedelta(hours=5)), lab.incidents(3, days=timedelta(hours=7))
    row = published(actors, levels={"period": "month", "took": "band"})
    read = table(row).read()
    assert {str(kind) for kind in read.schema.types} <= {"string", "bool", "int64"}
    assert set(read.column("period").to_pylist()) == {"2026-07"} and set(read.column("took").to_pylist()) == {"d1"}
    for source in SOURCES.values():
        assert {level.key for level in source.dimension("period").levels} == {"month", "quarter", "year"}


def test_5_a_rare_category_is_refused_however_coarse_the_place(actors):
    lab.incidents(60, category=lab.small(0)), lab.incidents(1, category=lab.small(40))
    refused(actors, "不足 5 件", levels={"category": "small"})
    refused(actors, "不足 5 件", levels={"category": "small"}, shape="counts")


def test_6_an_empty_verdict_is_no_second_one(actors):
    """Null pattern: who knows that his neighbour's matter was evaluated reads the only verdict there is."""
    lab.incidents(8), lab.incidents(1, verdict="poor")
    refused(actors, "敏感列取值不足 2 种", levels=VERDICT)
    lab.incidents(1, verdict="good")
    assert drafted(actors, levels=VERDICT).finding["passed"]


def test_7_subtracting_what_open311_lists_one_by_one(actors, client):
    """Four of five stand in the public Open311 list with moment, category and community: the fifth is the one that does not."""
    rows = lab.incidents(4, door=Door.OPEN311)
    lab.incidents(1)
    listed = client.get(
        "/open311/v2/requests.json", {"service_request_id": ",".join(row.number for row in rows)}
    ).json()
    assert len(listed) == 4
    refused(actors, "最小的一组只有 1 件", levels=QUARTER)
    lab.incidents(4)
    assert drafted(actors, levels=QUARTER).finding["passed"]


def test_8_subtracting_open311s_results_too(actors):
    """The listed ones' status is known there: what is left of the group must have two results of its own."""
    lab.incidents(3, door=Door.OPEN311, status="closed", days=timedelta(hours=1))
    lab.incidents(6, status="rejected")
    refused(actors, "敏感列取值不足 2 种", levels={"period": "month", "result": "code"})


def test_9_what_the_files_say_besides_their_rows(actors, crowd):
    """Parquet: the writer is the library, statistics are of columns that are there; the archive: fixed dates, no owner, three names."""
    row = published(actors)
    file = table(row)
    assert file.metadata.created_by.startswith("parquet-cpp-arrow version")
    assert set(file.schema_arrow.metadata) == {b"datapackage", b"licence"}
    for number in range(file.metadata.num_columns):
        column = file.metadata.row_group(0).column(number)
        values = file.read().column(number).to_pylist()
        assert (column.statistics.min, column.statistics.max) == (min(values), max(values))
        assert column.path_in_schema in {"period", "place_code", "place", "demo"}
    archive = zipfile.ZipFile(io.BytesIO(bytes(row.files.get(kind="csv").content)))
    assert [(one.filename, one.date_time[0], one.comment, one.extra) for one in archive.infolist()] == [
        (name, 2026, b"", b"") for name in ("data.csv", "datapackage.json", "LICENCE.txt")
    ]
    package = json.loads(archive.read("datapackage.json"))
    assert set(package["privacy"]) == {"k_required", "k_reached", "l_required", "groups", "rows", "published_together"}
    everything = json.dumps(package, ensure_ascii=False) + archive.read("data.csv").decode()
    assert not any(number in everything for number in Incident.objects.values_list("number", flat=True))


def test_10_no_refusal_reaches_the_public_and_none_names_a_group(actors, crowd, client, cast):
    """Asking for cut after cut, one would find who is alone: refusals are the office's, and say numbers only."""
    lab.incidents(1, place=lab.places()[5], category=lab.small(33))
    row = drafted(actors, levels={"period": "month", "place": "community", "category": "small"})
    said = json.dumps(row.finding, ensure_ascii=False)
    for name in (lab.places()[5].name, lab.places()[5].code12, lab.small(33).name, lab.small(33).code):
        assert name not in said
    for path in (f"/open-data/{row.pk}/", f"/api/v1/open-datasets/{row.pk}/", f"/open-data/{row.pk}/csv/"):
        assert client.get(path).status_code == 404
    assert client.get(row.get_absolute_url()).status_code == 302
    for who in ("staff", "dept", "leader", "community"):
        client.force_login(getattr(cast, who))
        assert client.get(row.get_absolute_url()).status_code == 403


def test_11_a_withdrawn_set_is_still_in_the_world(actors):
    """By month, withdrawn; by community then: together they are a table with a cell of one."""
    one, two = lab.places()[:2]
    lab.incidents(6, place=one, month=7), lab.incidents(6, place=two, month=8), lab.incidents(1, place=two, month=7)
    services.dataset_withdraw(dataset=published(actors, levels={"period": "month"}), by=actors.city, note="列名有误")
    refused(actors, "两份数据一减", levels={"place": "community"})


def test_12_what_moves_between_the_check_and_the_file(actors, monkeypatch):
    """The check and the file are two statements: a matter that closes between them must not get out alone."""
    rows = lab.incidents(6)
    row, build = drafted(actors, levels={"period": "month", "took": "band"}), services.build

    def late(*args):
        Incident.objects.filter(pk=rows[0].pk).update(closed_at=rows[0].reported_at + timedelta(days=2))
        return build(*args)

    monkeypatch.setattr(services, "build", late)
    with pytest.raises(Conflict, match="刚刚变动"):
        services.dataset_publish(dataset=row, by=actors.city)
    assert not OpenDataset.objects.published().exists()


def test_13_the_lines_of_a_file_are_a_crowd_counted_by_hand(actors, crowd):
    """Whatever the statement said: every distinct line of the file stands there at least five times."""
    read = table(published(actors)).read().to_pylist()
    assert min(Counter(tuple(line.values()) for line in read).values()) >= 5
