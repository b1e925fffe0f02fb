"""Hooks the mails up: every event of the loop, and the page of mails that could not be delivered."""

from governance.kernel.events import subscribe

from .notices import on_event

for entity in ("ticket.*", "card.*", "whistle.*"):
    subscribe(entity, on_event)
