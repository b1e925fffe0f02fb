"""``python -m bench.incidents --rows N``: intake ÷ insert floor, worklist SQL ÷ primary key, large ÷ small, for incidents.

Rows are legal and spread over all communities, made by one INSERT per million, without their histories.
"""

import argparse
import json
import os
import sys
import time
import uuid

import psycopg2

from .rows import PLACES

WORKER, STAFF, CITY = "wg.yuan", "jd.zhihui", "shi.lingdao"
ROWS = f"""{PLACES}
INSERT INTO grid_incident (
    number, community_id, street_id, unit_id, category_id, place, words, door, client_key, status, version, level, routing,
    due_at, reroute_count, return_count, rework_count, reported_at, accepted_at, handled_at, closed_at, is_synthetic
)
SELECT 'B-' || g, p.id, p.street_id, p.unit_id, k.id, '路口', repeat('夜间摊贩占用人行道，居民多次反映。', 3), 'web', NULL,
    CASE WHEN opened THEN 'handling' ELSE 'evaluated' END, 5, 'street', '{{}}'::jsonb,
    CASE WHEN opened THEN now() + interval '2 days' END, 0, 0, 0, at, at, CASE WHEN opened THEN NULL ELSE at END,
    CASE WHEN opened THEN NULL ELSE at + interval '3 days' END, true
FROM generate_series(%(first)s, %(last)s) g
CROSS JOIN LATERAL (SELECT now() - interval '400 days' * (1 - g::float / %(all)s) AS at, (g + g / 1832) %% 20 = 0 AS opened) t
JOIN place p ON p.n = (g * 7919::bigint) %% (SELECT count(*) FROM place) JOIN kind k ON k.n = g %% (SELECT count(*) FROM kind)
"""


KEPT_APART = """
SELECT 'ALTER TABLE grid_incident DROP CONSTRAINT ' || quote_ident(conname),
    'ALTER TABLE grid_incident ADD CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid) || ' NOT VALID'
FROM pg_constraint WHERE conrelid = 'grid_incident'::regclass AND contype = 'f'
UNION ALL
SELECT 'DROP INDEX ' || quote_ident(indexname), indexdef FROM pg_indexes
WHERE tablename = 'grid_incident' AND indexname NOT IN (
    SELECT conname FROM pg_constraint WHERE conrelid = 'grid_incident'::regclass UNION SELECT 'incident_once_a_key'
)
"""
BLOCK = 1_000_000


def seed(url: str, first: int, last: int) -> None:
    """Add the rows numbered from ``first`` to ``last``; triggers, indexes and foreign keys are off meanwhile."""
    link = psycopg2.connect(url)
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(KEPT_APART)
        apart = cursor.fetchall()
        cursor.execute(
            "SET maintenance_work_mem = '1GB'; SET statement_timeout = 0; ALTER TABLE grid_incident DISABLE TRIGGER USER"
        )
        for away, _ in apart:
            cursor.execute(away)
        for start in range(first, last + 1, BLOCK):
            cursor.execute(ROWS, {"first": start, "last": min(start + BLOCK - 1, last), "all": last})
        for _, back in apart:
            cursor.execute(back)
        cursor.execute("ALTER TABLE grid_incident ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE")
    link.close()


def worklists(f) -> dict[str, float]:
    """Median milliseconds of the worklists of a street and a grid worker beside a primary key."""
    from grid.incidents.models import Incident

    key = Incident.objects.order_by("id").values_list("pk", flat=True)[0]
    return f.sql_times({
        "primary key": f"SELECT * FROM grid_incident WHERE id = {key}",
        "street, all": f.widest_sql("/incidents/", STAFF),
        "street, open": f.widest_sql("/incidents/?state=open", STAFF),
        "community, open": f.widest_sql("/incidents/?state=open", WORKER),
    })  # fmt: skip


def workers(portal, count: int) -> list:
    """Signed-in people of as many grids and streets, as a city has them: one street's reports wait for its next number."""
    from django.test import Client

    from governance.accounts import demo
    from governance.accounts.roles import Role
    from governance.kernel import clock
    from governance.kernel.actor import SYSTEM
    from governance.territory.models import Division, Grid
    from grid.boundaries.services import PostFacts, post_appoint
    from grid.boundaries.states import PostRole

    from .load import Person

    found = []
    for number, street in enumerate(Division.objects.streets().select_related("unit").order_by("code12")[:count]):
        place = Division.objects.communities().filter(street=street).order_by("code12").first()
        user = demo.person_add(
            username=f"bench.{number}", name="bench", password="", role=Role.GRID_WORKER, unit=street.unit, street=street,
            community=place,
        )  # fmt: skip
        grid = Grid.objects.filter(community=place).order_by("code15").first()
        facts = PostFacts(
            grid=grid, role=PostRole.VOLUNTEER, name="bench", phone="110", valid_from=clock.today(), user=user
        )
        post_appoint(by=SYSTEM, facts=facts, is_synthetic=True)
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(user)
        found.append(Person(portal.url, session=client.cookies["sessionid"].value))
    return found


def intake(portal, floor, f, people: list, rounds: int, seconds: int) -> dict[str, float]:
    """Report through the form with all middleware, in turns with the database's own inserts; the first turn only warms up."""
    words = {"words": "楼道电梯困人，按钮失灵", "place": "1 号楼"}

    def send(who) -> int:
        return who.post("/incidents/new/", {**words, "form_key": str(uuid.uuid4())})[0]

    f.intake(portal, floor, people, 1, 2, send)
    return f.intake(portal, floor, people, rounds, seconds, send)


def pages(f, people: list, seconds: int) -> dict[str, float]:
    """Worklist pages per second of a street, in turns."""
    from .load import storm

    rates = {path: [] for path in ("/incidents/", "/incidents/?state=open")}
    for _ in range(3):
        for path, found in rates.items():
            found.append(storm(people, lambda who, path=path: who.get(path)[0], 200, seconds)[0])
    return {path: sorted(found)[1] for path, found in rates.items()}


def sweeps() -> dict[str, float]:
    """Seconds of what reads every incident (the daily recount, whose task ends after 30; the hourly invariants) and of the figures."""
    from django.db import connection
    from django.test import Client

    from governance import invariants
    from governance.accounts.models import User
    from grid.incidents.rollups import rollup_rebuild

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username=CITY))
    works = {"recount": rollup_rebuild, "figures of the city": lambda: client.get("/incidents/figures/")}
    with connection.cursor() as cursor:
        for name, sql in invariants.queries().items():
            if name.startswith("incidents:"):
                works[name] = lambda sql=sql: cursor.execute(sql)
        took = {}
        for name, work in works.items():
            began = time.perf_counter()
            work()
            took[name] = round(time.perf_counter() - began, 3)
    return took


def main() -> int:
    """Start a portal, measure small, grow, measure large, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=int, default=5)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    from .portal import FOLDER, bench_portal

    with bench_portal(f"incidents-{os.getpid()}") as portal:
        from grid.incidents.services import routing_load

        from . import figures as f
        from .floor import Floor
        from .load import Person

        routing_load()
        floor = Floor(portal, FOLDER)
        people = workers(portal, f.CLIENTS)
        clerks = [Person(portal.url, STAFF) for _ in range(f.CLIENTS)]
        seed(floor.url, 1, options.small)
        small, quick = worklists(f), pages(f, clerks, 2)
        if options.rows > options.small:
            seed(floor.url, options.small + 1, options.rows)
        large, slow = worklists(f), pages(f, clerks, 2)
        read = sweeps()
        found = {
            "rows": options.rows, "worklists small, ms": small, "worklists large, ms": large,
            "worklist ÷ primary key": {name: large[name] / large["primary key"] for name in large},
            "large ÷ small": {name: large[name] / small[name] for name in large},
            "pages per second, small": quick, "pages per second, large": slow,
            "seconds of": read,
            "page, small ÷ large": {name: quick[name] / slow[name] for name in quick},
            **intake(portal, floor, f, people, options.rounds, options.seconds), "load": os.getloadavg()[0],
        }  # fmt: skip
    print(json.dumps(found, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
