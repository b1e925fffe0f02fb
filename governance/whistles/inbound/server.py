"""The listener: SMTP and LMTP. 250 is said only after the mail is committed; whatever fails inside says 451, come again."""

import asyncio
import logging
import socket
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections

from .receive import TooLarge, inbound_receive

log = logging.getLogger(__name__)
IDLE = 60  # seconds without a command
CONNECTIONS = 100
WRITERS = 4  # database connections of the listener
LINE = 1024 * 1024  # some clients send a whole HTML body as one line

ACCEPTED, LATER, TOO_LARGE = "250 OK: kept", "451 4.3.0 cannot keep it now, try again", "552 5.3.4 message too large"
NO_RELAY = "550 5.7.1 not a mailbox of this portal"


def keep(raw: bytes, envelope_from: str, recipients: list[str]) -> str:
    """Keep one mail and return the SMTP answer; never raises."""
    try:
        inbound_receive(raw=raw, envelope_from=envelope_from, recipients=recipients)
    except TooLarge:
        return TOO_LARGE
    except (DatabaseError, InterfaceError) as error:
        log.warning("mail not kept, the database is away: %s", error)
        return LATER
    except Exception:
        log.exception("mail not kept")
        return LATER
    return ACCEPTED


def store(raw: bytes, envelope_from: str, recipients: list[str]) -> str:
    """``keep`` in a writer thread: a connection that a failure has left behind is dropped before and after."""
    close_old_connections()
    try:
        return keep(raw, envelope_from, recipients)
    finally:
        close_old_connections()


def is_ours(address: str) -> bool:
    """Whether an address is of the portal's own mail domain."""
    return address.rpartition("@")[2].lower() == settings.MAIL_DOMAIN.lower()


class Handler:
    """What aiosmtpd asks at each step."""

    def __init__(self):
        self.writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="keep")

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        """Take mail for our domain only: no relay."""
        if not is_ours(address):
            return NO_RELAY
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        """Answer when the row is committed."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self.writers, store, bytes(envelope.content or b""), envelope.mail_from or "", list(envelope.rcpt_tos)
        )


class _Bounded:
    """Turns away what exceeds the number of connections."""

    line_length_limit = LINE
    open_connections: set

    def connection_made(self, transport) -> None:
        if len(self.open_connections) >= CONNECTIONS:
            transport.write(b"421 4.3.2 too many connections, try again\r\n")
            transport.close()
            return
        self.open_connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error) -> None:
        if self in self.open_connections:
            self.open_connections.discard(self)
            super().connection_lost(error)


class PortalSMTP(_Bounded, SMTP):
    """The SMTP side."""


class PortalLMTP(_Bounded, LMTP):
    """The LMTP side: after DATA one answer per recipient (RFC 2033), which aiosmtpd leaves out."""

    answers = 1

    async def smtp_DATA(self, arg: str) -> None:
        self.answers = max(len(self.envelope.rcpt_tos), 1)
        try:
            await super().smtp_DATA(arg)
        finally:
            self.answers = 1

    async def push(self, status) -> None:
        text = status.decode() if isinstance(status, bytes) else status
        times = 1 if text.startswith(("354", "503", "501")) else self.answers
        for _ in range(times):
            await super().push(status)


async def listen(*, host: str, port: int, lmtp_port: int = 0, limit: int) -> list[asyncio.Server]:
    """Open the listeners. ``limit`` is the largest mail in bytes. Raises OSError when a port is taken."""
    loop, handler, connections = asyncio.get_running_loop(), Handler(), set()

    def protocol(kind):
        def make():
            server = kind(
                handler, data_size_limit=limit, enable_SMTPUTF8=True, hostname=settings.MAIL_DOMAIN, ident="mail",
                timeout=IDLE, loop=loop,
            )  # fmt: skip
            server.open_connections = connections
            return server

        return make

    servers = [await loop.create_server(protocol(PortalSMTP), host, port, family=socket.AF_INET)]
    if lmtp_port:
        servers.append(await loop.create_server(protocol(PortalLMTP), host, lmtp_port, family=socket.AF_INET))
    return servers
