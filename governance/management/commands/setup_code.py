"""``manage.py setup_code``: the one-time code for the set-up page of an empty portal."""

from django.core.management.base import BaseCommand

from governance.accounts.setup import setup_code_make


class Command(BaseCommand):
    help = "Print a new set-up code (earlier ones stop working); says so when the portal is set up already."

    def handle(self, *args, **options):
        code = setup_code_make()
        self.stdout.write(f"  set-up code: {code}" if code else "  the portal is set up; no code is needed")
