"""``manage.py verify_audit``: recompute the audit chain and compare it with the anchors outside the database."""

from django.core.management.base import BaseCommand, CommandError

from governance.kernel.pages.audit import check


class Command(BaseCommand):
    help = "Verify the whole audit chain (or its last links); exits 1 at the first break."

    def add_arguments(self, parser):
        parser.add_argument("--last", type=int, default=0, help="check only this many links")

    def handle(self, *args, last, **options):
        verdict = check(last=last)
        if verdict.problem:
            raise CommandError(verdict.problem)
        self.stdout.write(f"whole: {verdict.checked} links, {verdict.pending} events not sealed yet")
