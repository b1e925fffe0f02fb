"""The demo's mailbox server: ``manage.py mailbox [--port N]``."""

import asyncio

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from governance.whistles.mailbox.server import serve


class Command(BaseCommand):
    """Keeps every mail that the portal sends, for the page /mailbox/."""

    help = "Run the demo's SMTP server on loopback (only with DEMO=1)."

    def add_arguments(self, parser) -> None:
        """Add --port."""
        parser.add_argument("--port", type=int, default=None)

    def handle(self, *args, port: int | None = None, **options) -> None:
        """Serve until stopped."""
        if not settings.DEMO:
            raise CommandError("The mailbox is part of the demo: set DEMO=1.")
        asyncio.run(serve(port=port))
