"""Hooks demands and refusals up: mails, limits, desk panels, menu lines, metric cards."""

from governance.kernel.deadlines import on_deadline
from governance.kernel.events import subscribe

from ..burden import cards as _cards  # noqa: F401
from ..refusals import mails as refusals
from ..refusals.services import SUBJECT
from . import desk as _desk  # noqa: F401
from . import funds, mails
from . import menu as _menu  # noqa: F401

subscribe("demand.send", funds.on_send)
subscribe("demand.withdraw", funds.on_withdraw)
subscribe("demand.send", mails.on_send)
subscribe("demand.submit", mails.on_submit)
subscribe("demand.decline", mails.on_decline)
subscribe("refusal.file", refusals.on_file)
subscribe("refusal.contest", refusals.on_contest)
subscribe("refusal.escalate", refusals.on_escalate)
subscribe("refusal.*", refusals.on_ruled)
on_deadline(SUBJECT, refusals.on_step)
