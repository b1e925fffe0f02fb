"""The schema and its documentation."""

import io
import re

import pytest
from django.core.management import call_command

from governance.whistles.forms.ticket_actions import TICKET_ACTIONS
from governance.whistles.forms.whistle_actions import WHISTLE_ACTIONS

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def schema():
    from drf_spectacular.generators import SchemaGenerator

    return SchemaGenerator().get_schema(request=None, public=True)


def operations(schema):
    return [(path, method, op) for path, methods in schema["paths"].items() for method, op in methods.items()]


def test_it_is_valid_and_drawn_without_a_warning():
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=io.StringIO(), stderr=io.StringIO())


def test_every_operation_has_a_chinese_summary_and_tag(schema):
    found = operations(schema)
    assert len(found) > 50
    for path, method, operation in found:
        assert CHINESE.search(operation["summary"]), (path, method)
        assert CHINESE.search(operation["tags"][0]), (path, method)


def test_a_step_is_called_what_its_button_says(schema):
    for kind, table in (("whistle", WHISTLE_ACTIONS), ("ticket", TICKET_ACTIONS)):
        for name, spec in table.items():
            operation = schema["paths"][f"/api/v1/{kind}s/{{id}}/{name}/"]["post"]
            assert (operation["summary"], operation["operationId"]) == (spec.label, f"{kind}_{name}")


def test_every_post_takes_an_idempotency_key_and_names_its_refusals(schema):
    posts = [op for _, method, op in operations(schema) if method == "post"]
    whistles = [op for op in posts if set(op["tags"]) & {"哨单", "部门工单", "评价"}]
    assert len(whistles) == len(TICKET_ACTIONS) + len(WHISTLE_ACTIONS) + 3  # blow, edit, rate
    for operation in posts:
        assert any(row["name"] == "Idempotency-Key" for row in operation["parameters"])
        assert {"400", "401", "403", "404", "409"} <= set(operation["responses"])
    assert set(schema["components"]["schemas"]["Error"]["required"]) == {"code", "message", "fields"}


def test_every_action_of_the_pages_has_a_path(schema):
    for kind, table in (("tickets", TICKET_ACTIONS), ("whistles", WHISTLE_ACTIONS)):
        for name in table:
            assert f"/api/v1/{kind}/{{id}}/{name}/" in schema["paths"]


@pytest.mark.django_db
def test_strangers_may_read_the_schema_and_nothing_else(client):
    assert client.get("/api/schema/?format=json").status_code == 200
    for path in ("whistles", "tickets", "ratings", "scorecards", "files/1", "units", "divisions"):
        assert client.get(f"/api/v1/{path}/").status_code == 401


@pytest.mark.django_db
def test_the_documentation_comes_from_here_and_keeps_the_strict_policy(client):
    page = client.get("/api/docs/")
    html = page.content.decode()
    assert page.status_code == 200
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert not re.search(r"""(src|href)=["'](https?:)?//""", html)
    assert "<style" not in html and not re.search(r"<script(?![^>]*\bsrc=)", html)
    script = client.get(re.search(r'src="(/api/docs/[^"]*script[^"]*)"', html)[1].replace("&amp;", "&"))
    assert script.status_code == 200 and script["Content-Type"].startswith("application/javascript")
