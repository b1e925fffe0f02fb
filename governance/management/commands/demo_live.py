"""``manage.py demo_live``: accelerated days, so that desks, mailbox and dashboard move while one watches."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from governance.demo.live import demo_live


class Command(BaseCommand):
    help = "Play accelerated days in the demo city (Ctrl-C ends it)."

    def add_arguments(self, parser):
        parser.add_argument(
            "--speed", type=float, default=720, help="how many times faster than real (720: a day in two minutes)"
        )
        parser.add_argument("--minutes", type=float, default=10, help="how long to play, in real minutes")
        parser.add_argument("--per-day", type=int, default=12, help="whistles per accelerated day")

    def handle(self, *args, speed, minutes, per_day, **options):
        if not settings.DEMO:
            raise CommandError("demo_live runs only in the demo city (DEMO=1).")
        try:
            demo_live(speed=speed, minutes=minutes, per_day=per_day, say=self.stdout.write)
        except KeyboardInterrupt:
            self.stdout.write("stopped")
