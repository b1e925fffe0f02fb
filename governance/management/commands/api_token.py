"""manage.py api_token <username>: give an account a new API token, or with --revoke end it."""

from django.core.management.base import BaseCommand, CommandError

from governance.accounts.models import User
from governance.accounts.tokens import token_issue, token_revoke
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import DomainError


class Command(BaseCommand):
    """Prints the token; it is not shown again."""

    help = "Give an account a new API token (the old one ends), or end it with --revoke."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--revoke", action="store_true")

    def handle(self, *, username, revoke, **options):
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"no account {username!r}")
        if revoke:
            self.stdout.write("revoked" if token_revoke(user=user, by=SYSTEM) else "there was none")
            return
        try:
            self.stdout.write(token_issue(user=user, by=SYSTEM))
        except DomainError as error:
            raise CommandError(str(error)) from error
