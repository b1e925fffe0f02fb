"""Hooks the mails up: every event of the loop, and the page of mails that could not be delivered."""

from governance.kernel.events import subscribe
from governance.kernel.ui import menu

from .notices import on_event, on_events

for entity in ("ticket.*", "card.*", "rating.*", "whistle.*"):
    subscribe(entity, on_event, many=on_events)
menu.register(label="未送达邮件", url_name="outbox", icon="mail", permission="mail.outbox", section="系统", order=910)
