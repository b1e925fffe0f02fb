"""The demo's SMTP server: takes any recipient on loopback and answers 250 only after the commit."""

import asyncio
import logging
import signal

from aiosmtpd.smtp import SMTP
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from .services import mailbox_store

log = logging.getLogger(__name__)


def _keep(recipients: list[str], content: bytes) -> str:
    """Store and say what SMTP is to answer."""
    close_old_connections()
    try:
        mailbox_store(recipients=recipients, content=content)
    except DatabaseError as error:
        connection.close()
        log.warning("mailbox: not stored: %s", error)
        return "451 4.3.0 try again later"
    return "250 2.0.0 kept"


class Sink:
    """Accepts everything."""

    async def handle_DATA(self, server, session, envelope) -> str:
        """Keep one mail."""
        return await sync_to_async(_keep, thread_sensitive=True)(list(envelope.rcpt_tos), envelope.content)


async def serve(host: str = "127.0.0.1", port: int | None = None) -> None:
    """Listen until SIGTERM or SIGINT."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every line, addresses included
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    port = settings.MAILBOX_PORT if port is None else port
    server = await loop.create_server(
        lambda: SMTP(Sink(), enable_SMTPUTF8=True, hostname="mailbox.local", loop=loop), host, port
    )
    log.info("mailbox listens on %s:%s", host, port)
    async with server:
        await stop.wait()
