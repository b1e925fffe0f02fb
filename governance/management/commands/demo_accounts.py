"""``manage.py demo_accounts``: the demo's sign-ins, one per role."""

from django.core.management.base import BaseCommand

from governance.accounts.demo import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = "Print the demo's sign-ins."

    def handle(self, *args, **options):
        self.stdout.write(f"  password of every demo account: {PASSWORD}")
        for person in PEOPLE:
            self.stdout.write(f"  {person.username:<14} {person.role.label} · {person.title}")
