"""``manage.py check_invariants``: exit 1 and say which rule does not hold."""

from django.core.management.base import BaseCommand, CommandError

from governance.invariants import broken, queries
from governance.kernel.audit import audit_verify


class Command(BaseCommand):
    help = "Check what must always hold (governance/invariants.sql) and the whole audit chain."

    def handle(self, *args, **options):
        found = broken()
        for name, rows in found.items():
            self.stderr.write(f"BROKEN {name}: {rows}")
        verdict = audit_verify()
        if verdict.problem:
            self.stderr.write(f"BROKEN audit chain: {verdict.problem}")
        if found or verdict.problem:
            raise CommandError(f"{len(found) + bool(verdict.problem)} rules are broken")
        self.stdout.write(
            f"{len(queries())} rules hold; {verdict.checked} audit events verified, {verdict.pending} pending"
        )
