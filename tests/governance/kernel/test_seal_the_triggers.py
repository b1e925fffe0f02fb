"""No session of the portal's own role goes past a trigger, whichever table it guards (ADR 25); the books: test_attack_the_books.py."""

from contextlib import closing

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import connection

from governance.territory.models import Grid
from grid.incidents import services as incidents
from tests_support import collection, demands
from tests_support.ledger_raw import Raw
from tests_support.triggers import triggers_off

BEFORE = {"funding": "0009", "grid": "0010", "communities": "0007", "governance": "0014"}  # the upper ones first
NO_RIGHT = "permission denied|must be owner|must be able to SET ROLE"
# What the rule of a trigger alone refuses: the role has the right to write these columns.
AGAINST_THE_RULES = {
    "UPDATE {}governance_ticket SET status = 'closed'": "Invalid transition",
    "UPDATE {}governance_whistle SET status = 'draft'": "Invalid transition",
    "DELETE FROM {}governance_division": "Cannot delete",
    "UPDATE {}governance_division SET code12 = '210200000000'": "code and level never change",
    "UPDATE {}governance_grid SET street_id = community_id": "must follow community",
    "UPDATE {}communities_demand SET form = 'survey'": "admits a task, not a survey",
    "UPDATE {}communities_admissionitem SET name = 'x'": "is not reworded",
    "DELETE FROM {}communities_demand": "Cannot delete",
    "UPDATE {}grid_incident SET status = 'closed'": "Invalid transition",
    "UPDATE {}grid_incident SET words = 'x'": "Cannot update",
    "UPDATE {}grid_form SET status = 'summarised'": "Invalid transition",
    "UPDATE {}grid_dataelement SET name = 'x'": "is not reworded",
}
TABLES = ("governance_auditevent", "governance_rating", "governance_division", "communities_demand", "grid_incident")


def triggers() -> dict[str, dict]:
    """Every trigger of the product with its function, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname::text, c.relname::text, t.tgenabled, p.proname::text, p.prosrc, p.proconfig, p.prosecdef, "
            "p.proacl::text, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
        )
        names = [column.name for column in cursor.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def unsealed() -> list[str]:
    """Those that a session could talk its way past."""
    return [
        name
        for name, one in triggers().items()
        if "ignore" in one["prosrc"]
        or one["tgenabled"] != "A"
        or one["proconfig"] != ["search_path=public, pg_temp"]
        or one["proacl"] is None
        or "portal_app" in one["proacl"]
        or "{=X" in one["proacl"]
        or ",=X" in one["proacl"]
    ]


@pytest.mark.django_db
def test_every_trigger_is_sealed():
    """It asks no setting, sleeps under no role, reads no temporary table, hangs nowhere else. New ones come from ``guards``."""
    declared = {trigger.get_pgid(model) for model, trigger in pgtrigger.registered()}
    assert set(triggers()) == declared
    assert unsealed() == []
    assert {one["tgname"] for one in triggers().values() if one["prosecdef"]} == {"pgtrigger_entry_posts_bdabf"}


@pytest.mark.django_db
def test_a_trigger_of_the_library_s_own_would_be_found():
    pgtrigger.Protect(name="open_door", operation=pgtrigger.Delete).install(Grid)
    assert [name.rsplit("_", 1)[0] for name in unsealed()] == ["pgtrigger_open_door"]


@pytest.mark.django_db
def test_what_a_test_turns_off_is_on_again():
    before = triggers()
    with triggers_off("governance.Division:division_is_never_deleted"):
        assert len([one for one in triggers().values() if one["tgenabled"] == "D"]) == 1
    assert triggers() == before


def test_back_and_forth(throwaway_db):
    """The migrations can be taken back, which opens no door, and made again."""
    before = triggers()
    for app, number in BEFORE.items():
        call_command("migrate", app, number, verbosity=0)
    assert unsealed() == []
    call_command("migrate", verbosity=0)
    assert triggers() == before


@pytest.fixture
def raw(throwaway_db):
    """A session of the portal's role over rows of every slice."""
    actors = throwaway_db.actors
    throwaway_db.make_ticket("handling")
    throwaway_db.make_ticket("closed")
    collection.feed("RK-001")
    collection.draft(actors, "ZZ-005")
    demands.send(actors)
    incidents.routing_load()
    incidents.incident_report(by=actors.grid_worker, content=incidents.IncidentInput(words="楼道电梯困人"))
    session = Raw(throwaway_db)
    with closing(session.link):
        yield session


def test_no_setting_and_no_table_in_between(raw):
    """The library's own way out; a temporary table that stands before the real one and allows everything."""
    doors = {
        "as it is": [],
        "the library's setting": [f"SET LOCAL pgtrigger.ignore = '{{{','.join(triggers())}}}'"],
        "a table in between": [
            "SET LOCAL search_path = pg_temp, public",
            "CREATE TEMP TABLE governance_division AS SELECT id, code12, level, parent_id, id AS street_id, unit_id, "
            "village_type FROM public.governance_division",
            "CREATE TEMP TABLE communities_catalogue (id bigint, status text, place text)",
            "CREATE TEMP TABLE communities_admissionitem AS SELECT i.* FROM public.communities_admissionitem i",
            "UPDATE pg_temp.communities_admissionitem SET form = 'survey'",
        ],
    }
    for door, steps in doors.items():
        for sql, words in AGAINST_THE_RULES.items():

            def attempt(sql=sql, steps=steps):
                for step in steps:
                    raw.run(step)
                raw.run(sql.format("public."))

            try:
                raw.refused(attempt, words)
            except BaseException as error:
                raise AssertionError(f"{door}: {sql}: {error}") from error


def test_what_it_has_no_right_to(raw):
    one = triggers()
    for table in TABLES:
        mine = next(row for row in one.values() if row["relname"] == table)
        for sql in (
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"ALTER TABLE {table} DISABLE TRIGGER {mine['tgname']}",
            f"DROP TRIGGER {mine['tgname']} ON {table}",
            f"CREATE OR REPLACE FUNCTION public.{mine['proname']}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            f"ALTER FUNCTION public.{mine['proname']}() SET search_path = pg_temp",
            f"DROP FUNCTION public.{mine['proname']}() CASCADE",
            f"CREATE TEMP TABLE t (LIKE {table}); CREATE TRIGGER own BEFORE INSERT ON t FOR EACH ROW "
            f"EXECUTE FUNCTION public.{mine['proname']}()",
            f"CREATE RULE nothing AS ON UPDATE TO {table} DO INSTEAD NOTHING",
            f"ALTER TABLE {table} OWNER TO portal_app",
            f"TRUNCATE {table} CASCADE",
        ):
            raw.refused(lambda sql=sql: raw.run(sql), NO_RIGHT)
    for sql in (
        "SET session_replication_role = replica",
        "SET ROLE portal_owner",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.now(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE public.mine ()",
    ):
        raw.refused(lambda sql=sql: raw.run(sql), NO_RIGHT)
