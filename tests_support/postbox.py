"""A real SMTP server for tests: keeps what it takes and can be told to refuse, to delay or to hang up."""

import socket
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller


class Handler:
    """``refusals`` are answered first, one per mail; ``drop`` hangs up after keeping the mail, before saying so."""

    def __init__(self):
        self.mails, self.refusals, self.drop = [], [], 0
        self.refused_recipients: dict[str, str] = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused_recipients:
            return self.refused_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refusals:
            return self.refusals.pop(0)
        self.mails.append((list(envelope.rcpt_tos), message_from_bytes(envelope.content, policy=default)))
        if self.drop:
            self.drop -= 1
            server.transport.abort()
        return "250 OK"


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postbox:
    """Start and stop it as often as wanted; the port stays."""

    def __init__(self, handler=None):
        self.handler, self.port, self._server = handler or Handler(), free_port(), None

    def start(self) -> "Postbox":
        self._server = Controller(self.handler, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True)
        self._server.start()
        return self

    def stop(self) -> None:
        if self._server:
            self._server.stop()
            self._server = None

    @property
    def mails(self) -> list:
        """What was taken: (recipients, message)."""
        return self.handler.mails

    def to(self, address: str) -> list:
        """The messages to one address."""
        return [message for recipients, message in self.mails if recipients == [address]]
