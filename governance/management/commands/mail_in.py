"""``manage.py mail_in``: receive mail over SMTP and LMTP until told to stop."""

import asyncio
import signal

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from governance.kernel.policy import policy
from governance.whistles.inbound.server import listen


class Command(BaseCommand):
    """Listens on INBOUND_SMTP_HOST:INBOUND_SMTP_PORT, and on INBOUND_LMTP_PORT when set."""

    help = "Receive mail: SMTP and LMTP into the database."
    requires_system_checks = []

    def handle(self, *args, **options):
        """Run the loop; SIGTERM and SIGINT end it after the mails in hand."""
        limit = policy("mail.inbound_megabytes") * 1024 * 1024
        try:
            asyncio.run(self._serve(limit))
        except OSError as error:
            raise CommandError(f"cannot listen: {error}") from error

    async def _serve(self, limit: int) -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        host, port, lmtp_port = settings.INBOUND_SMTP_HOST, settings.INBOUND_SMTP_PORT, settings.INBOUND_LMTP_PORT
        servers = await listen(host=host, port=port, lmtp_port=lmtp_port, limit=limit)
        self.stdout.write(f"mail-in: SMTP {host}:{port}" + (f", LMTP {host}:{lmtp_port}" if lmtp_port else ""))
        self.stdout.flush()
        await stop.wait()
        for server in servers:
            server.close()
