"""``manage.py load_territory``: the real divisions and units, by default with the synthetic demo offices and grids."""

from time import perf_counter

from django.core.management.base import BaseCommand

from governance.territory import selectors, services


class Command(BaseCommand):
    help = "Load the divisions, units and categories of Dalian; repeatable, adds only what is missing."

    def add_arguments(self, parser):
        parser.add_argument("--no-demo", action="store_true", help="no synthetic departments, households and grids")

    def handle(self, *args, no_demo, **options):
        started = perf_counter()
        counts = services.territory_load(demo=not no_demo)
        self.stdout.write(f"{counts} in {perf_counter() - started:.1f} s; content {selectors.fingerprint()[:16]}")
