"""The lab's pages: a fixed number of statements, and no faster than a person for visitors."""

import json
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests_support import lab

pytestmark = pytest.mark.django_db
BASELINE = json.loads((Path(__file__).parents[2] / "baselines/queries.json").read_text(encoding="utf-8"))
OURS = {name: number for name, number in BASELINE.items() if "/open-data" in name}


def statements(client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len([row for row in seen if "django_session" not in row["sql"]])


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_page_takes_a_constant_number_of_queries(client, cast, actors, crowd, name):
    """Pinned in tests/baselines/queries.json; more data sets, no more statements."""
    rows = {"out": lab.published(actors).pk, "draft": lab.drafted(actors, levels={"place": "community"}).pk}
    who, path = name.split(" ")
    if who != "anonymous":
        client.force_login(getattr(cast, who))
    path = path.format(**rows)
    client.get(path)
    assert statements(client, path) == OURS[name]
    lab.published(actors), lab.drafted(actors)
    assert statements(client, path) == OURS[name]
    assert OURS[name] <= 10 or "{" in name


def test_every_page_is_pinned():
    """The lists for each of their readers, and one of everything else."""
    assert {name.split(" ")[1] for name in OURS} >= {
        "/open-data/", "/open-data/dictionary/", "/open-data/{out}/", "/open-datasets/", "/open-datasets/{out}/",
        "/open-datasets/{draft}/", "/open-datasets/{draft}/edit/", "/open-datasets/new/incidents/",
    }  # fmt: skip


def test_who_reads_everything_out_is_stopped(client, cast, actors, crowd, settings):
    out = lab.published(actors)
    settings.VISITOR_RATE = "4/min"
    cache.clear()
    paths = ["/open-data/", "/open-data/dictionary/", out.public_url, f"{out.public_url}csv/"]
    assert [client.get(path).status_code for path in paths] == [200] * 4
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 429
        assert "过于频繁" in answer.content.decode() and out.institution not in answer.content.decode()
    client.force_login(cast.staff)
    assert client.get("/open-data/").status_code == 200
