"""An SMTP server between the portal and its mailbox that misbehaves when told to: refuses, dawdles, hangs up, is not there."""

import asyncio
import smtplib
import time

from aiosmtpd.controller import Controller

from .postbox import free_port

SLOW = 12.0  # seconds for one mail: longer than the portal waits for an answer
PATIENCE = 8  # seconds for the mailbox


class Relay:
    """Passes on what it takes and says 250 only when the mailbox has; ``mood`` is what it does instead."""

    def __init__(self, target: int):
        self.target, self.port, self.mood, self.turns = target, free_port(), "", 0
        self.controller: Controller | None = None

    def start(self) -> "Relay":
        """Listen, on a thread of its own."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True)
        self.controller.start()
        return self

    def stop(self) -> None:
        """Close the port."""
        if self.controller:
            self.controller.stop()
            self.controller = None

    def play(self, mood: str, seconds: float) -> int:
        """Misbehave for so long. Returns how many mails met it."""
        self.turns, self.mood = 0, mood
        if mood == "down":
            self.stop()
        time.sleep(seconds)
        self.mood = ""
        if mood == "down":
            self.start()
        return self.turns

    async def handle_DATA(self, server, session, envelope) -> str:
        """Take one mail in the present mood."""
        mood = self.mood
        self.turns += bool(mood)
        if mood in ("451", "550"):
            return f"{mood} {mood[0]}.0.0 as told"
        if mood == "drops":
            server.transport.abort()
            return "421 4.0.0 gone"
        if mood == "slow" and self.turns == 1:
            await asyncio.sleep(SLOW)  # it is delivered all the same: nobody hears that it was
        answer = await asyncio.get_running_loop().run_in_executor(None, self._pass_on, envelope)
        if mood == "takes and drops":
            server.transport.abort()
        return answer

    def _pass_on(self, envelope) -> str:
        try:
            with smtplib.SMTP("127.0.0.1", self.target, timeout=PATIENCE) as link:
                link.sendmail(envelope.mail_from, envelope.rcpt_tos, envelope.content)
        except (OSError, smtplib.SMTPException) as error:
            return f"451 4.4.0 the mailbox: {type(error).__name__}"
        return "250 2.0.0 passed on"
