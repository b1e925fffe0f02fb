"""``manage.py setup_portal``: everything a portal needs before its first page; repeatable, adds only what is missing."""

from time import perf_counter

from django.conf import settings
from django.core.management.base import BaseCommand

from governance.accounts.demo import demo_accounts_load
from governance.kernel.health import beat
from governance.kernel.setup import calendar_load, rules_load
from governance.territory.services import territory_load


class Command(BaseCommand):
    help = "Load rules, calendar and territory; with DEMO=1 also the demo's people and their history."

    def handle(self, *args, **options):
        self._step("policy rules", rules_load)
        self._step("calendar days", calendar_load)
        self._step("territory", lambda: territory_load(demo=settings.DEMO))
        from grid.incidents.services import routing_load  # after the categories

        self._step("routing rules", routing_load)
        if settings.DEMO:
            self._step("demo accounts", demo_accounts_load)
            self._demo_city()
        beat("setup")

    def _demo_city(self):
        from communities.demo import communities_demo_load  # the demo stands on every slice
        from communities.signboards.demo import signboards_demo
        from funding.appropriations.demo import appropriations_demo_load
        from funding.disclosure.demo import disclosure_demo_load
        from funding.projects.demo import projects_demo_load
        from governance.demo.city import demo_city_load
        from grid.boundaries.demo import boundaries_demo_load
        from grid.collection.demo import collection_demo_load
        from grid.incidents.demo import incidents_demo_load
        from grid.lab.demo import open_data_demo_load

        self._step("demo whistles", demo_city_load)
        self._step("demo admission", communities_demo_load)
        self._step("demo grids", boundaries_demo_load)
        if settings.DEMO_WHISTLES:
            self._step("demo signboards", signboards_demo)
            self._step("demo money", appropriations_demo_load)
            self._step("demo projects", projects_demo_load)
            self._step("demo disclosures", disclosure_demo_load)
            self._step("demo facts", collection_demo_load)
            self._step("demo incidents", incidents_demo_load)
            self._step("demo open data", open_data_demo_load)

    def _step(self, name, load):
        started = perf_counter()
        done = load()
        self.stdout.write(f"  {name}: {done} new ({perf_counter() - started:.1f} s)")
        self.stdout.flush()
