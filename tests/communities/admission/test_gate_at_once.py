"""The gate with real commits: races for the last minutes, an item that ends meanwhile, the application's own database role."""

import os
import threading
from contextlib import closing

import psycopg2
import pytest
from django.db import connection

from communities.admission.gate import services
from communities.admission.models import BurdenQuota, Demand, DemandTarget
from governance.kernel.errors import Conflict, Invalid
from governance.settings.env import database
from tests_support import demands
from tests_support.databases import at_once
from tests_support.demands import DAY

from .test_gate_in_the_database import WRONG_ITEMS, make_item, row


def test_sends_race_for_the_last_minutes(throwaway_db):
    actors = throwaway_db.actors
    demands.send(actors)
    BurdenQuota.objects.update(minutes=80 + 80)
    answers = at_once(4, lambda number: demands.send(actors))
    assert len([one for one in answers if isinstance(one, Demand)]) == 1
    assert all("over_quota_reason" in one.fields for one in answers if isinstance(one, Invalid))
    assert len([one for one in answers if isinstance(one, Invalid)]) == 3
    assert (BurdenQuota.objects.get().used, DemandTarget.objects.count()) == (160, 8)


def test_the_first_sends_of_a_department_open_one_quota(throwaway_db):
    actors, item = throwaway_db.actors, demands.item()
    answers = at_once(4, lambda number: demands.send(actors, items=item))
    assert all(isinstance(one, Demand) for one in answers), answers
    assert BurdenQuota.objects.get().used == 4 * 80
    assert len({one.number for one in answers}) == 4


def test_an_item_that_ends_while_a_demand_is_stored(throwaway_db):
    """Its end is committed between the look at the list and the row: the trigger waits for it and refuses."""
    actors, item = throwaway_db.actors, demands.item()
    with closing(throwaway_db.connect()) as other:
        with other.cursor() as cursor:
            cursor.execute("UPDATE communities_admissionitem SET valid_to = %s WHERE id = %s", [DAY, item.pk])
        timer = threading.Timer(1, other.commit)
        timer.start()
        with pytest.raises(Conflict):
            demands.send(actors, items=item)
        timer.join()
    assert not Demand.objects.exists()
    assert not BurdenQuota.objects.filter(used__gt=0).exists()


def test_the_last_two_done_at_once_close_the_demand(throwaway_db):
    actors = throwaway_db.actors
    demand = demands.send(actors, places=demands.communities(2))
    parts = list(demand.targets.order_by("community__code12"))
    who = [actors.community, actors.sibling_community]
    answers = at_once(2, lambda number: services.target_complete(target=parts[number], by=who[number]))
    assert not [one for one in answers if isinstance(one, Exception)], answers
    assert Demand.objects.get().status == "closed"


def test_the_applications_role_cannot_go_round_the_gate(throwaway_db):
    """As the role of every process of the portal: no wrong item, no target, no trigger switched off."""
    known = database(os.environ["DATABASE_URL"])
    wrong = [make_item(**changes) for changes in list(WRONG_ITEMS.values())[:1]]
    wrong.append(row(demands.item("SQ-U-2026-020", klass="forbidden")).item)
    wrong.append(row(demands.item("SQ-U-2026-021", form="inspection")).item)
    good = demands.item("SQ-U-2026-022")
    server = psycopg2.connect(
        host=known["HOST"], port=known["PORT"], user=known["USER"], password=known["PASSWORD"], dbname=throwaway_db.name
    )
    with closing(server) as app, app.cursor() as cursor:
        for item in wrong:
            with pytest.raises(psycopg2.errors.CheckViolation):
                insert(cursor, row(item))
            app.rollback()
        for statement in (
            "ALTER TABLE communities_demand DISABLE TRIGGER ALL",
            "SET session_replication_role = replica",
            "ALTER TABLE communities_demand DROP CONSTRAINT demand_four_marks",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement)
            app.rollback()
        insert(cursor, row(good))
        app.commit()
    assert list(Demand.objects.values_list("item_id", flat=True)) == [good.pk]


def insert(cursor, demand: Demand) -> None:
    """The row by plain SQL on a foreign connection."""
    fields = [field for field in Demand._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    values = [field.get_db_prep_save(getattr(demand, field.attname), connection) for field in fields]
    cursor.execute(f"INSERT INTO communities_demand ({names}) VALUES ({', '.join(['%s'] * len(values))})", values)
