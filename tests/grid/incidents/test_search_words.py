"""Searching incidents by words: what is found, that the index finds it, that what commits late is indexed too."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.kernel.bigrams import bigrams_query
from grid.incidents.filters import IncidentFilter
from grid.incidents.models import Incident, IncidentText
from grid.incidents.searching import BATCH, LATE, words_index

pytestmark = pytest.mark.django_db
MANY = """
INSERT INTO grid_incident ({columns}) SELECT {values} FROM grid_incident i, generate_series(1, %s) n WHERE i.id = %s
"""


def found(actor, words: str):
    return IncidentFilter({"q": words}, queryset=Incident.objects.visible_to(actor)).qs


def copy(row: Incident, count: int, words: str) -> None:
    """As many incidents like it, with these words (SQL; ``n`` counts)."""
    other = {"number": "'SJ-X-' || n", "words": words, "client_key": "NULL"}
    columns = [field.column for field in Incident._meta.concrete_fields if not field.primary_key]
    sql = MANY.format(columns=", ".join(columns), values=", ".join(other.get(name, f"i.{name}") for name in columns))
    with connection.cursor() as cursor:
        cursor.execute(sql, [count, row.pk])


def index_all() -> None:
    while words_index():
        pass


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("电梯", 1), ("梯困", 1), ("电梯困人", 1), ("电", 1), ("灵", 1), ("电困", 0), ("困梯", 0), ("按钮  电梯", 1), ("电梯 垃圾", 0),
        ("3号楼B座", 1), ("3 号楼 b座", 1), ("３号楼ｂ座", 1), ("it's", 1), ("灵3", 0), ("座二", 0), ("", 2), ("'", 2), ("\\", 2),
        ("电梯 ' | & ! :* <-> (", 0), ("人，按", 1), ("垃圾", 1),
    ],
)  # fmt: skip
def test_what_is_found(report, actors, words, count):
    report("二号楼电梯\n困人，按钮失灵", place="3号楼B座 it's")
    report("花园里全是生活垃圾", place="花园")
    index_all()
    assert found(actors.city, words).count() == count


def test_the_number_finds_it_and_scope_holds(report, actors):
    row = report()
    index_all()
    for words in (row.number, row.number.lower(), row.number[-9:]):
        assert list(found(actors.staff, words)) == [row]
    assert not found(actors.foreign_staff, row.number).exists()


def test_the_page_and_the_api_find_it(client, cast, report):
    row = report("二号楼电梯困人")
    index_all()
    client.force_login(cast.staff)
    for words, seen in (("电梯", True), ("垃圾", False)):
        assert (row.number in client.get("/incidents/", {"q": words}).text) is seen
        assert bool(client.get("/api/v1/incidents/", {"q": words}).json()["results"]) is seen


def test_what_commits_late_is_indexed_and_nothing_twice(report, actors):
    rows = [report(f"电梯困人 {number}") for number in range(3)]
    assert (words_index(limit=2), words_index(limit=2), words_index()) == (2, 1, 0)
    IncidentText.objects.filter(pk=rows[0].pk).delete()  # as if its transaction had ended after the others'
    assert words_index() == 1 and found(actors.city, "电梯").count() == 3
    assert LATE > 5 * BATCH


@pytest.mark.parametrize("words", ["塌陷", "塌", "没有的", "井盖塌陷", "堆放"])
def test_rare_words_come_from_the_index_and_common_ones_from_the_newest(report, actors, words):
    copy(report(), 20_000, "'第' || n || '栋楼道堆放杂物' || CASE WHEN n %% 5000 = 0 THEN '，井盖塌陷' ELSE '' END")
    index_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('incident_text'); ANALYZE grid_incident, grid_incidenttext")
    for actor in (actors.city, actors.staff):
        with CaptureQueriesContext(connection) as asked:
            rows = list(found(actor, words).order_by("-id")[:51])
        plans = [plan(query["sql"]) for query in asked.captured_queries]
        assert not any("Seq Scan" in one for one in plans), plans
        gathered = any("Bitmap Index Scan on incident_text" in one for one in plans[2:])
        assert (gathered, len(rows)) == ((False, 51) if words == "堆放" else (True, 0 if words == "没有的" else 4)), (
            plans
        )


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_a_query_is_text_for_postgresql():
    assert bigrams_query("电梯困人 按") == "('电梯' <-> '梯困' <-> '困人') & '按':*" and bigrams_query(" ' ") == ""
