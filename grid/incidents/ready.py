"""What incidents register on start."""

from governance.kernel.deadlines import on_deadline
from governance.kernel.events import subscribe
from governance.kernel.files import READERS

from . import desk as _desk  # noqa: F401
from . import mails, permissions  # noqa: F401
from . import menu as _menu  # noqa: F401
from . import metric_cards as _metric_cards  # noqa: F401
from .models import Incident
from .services import whistles
from .services.report import SUBJECT

on_deadline(SUBJECT, mails.on_step)
subscribe("incident.dispatch", mails.on_sent)
subscribe("incident.reroute", mails.on_sent)
subscribe("incident.escalate", mails.on_sent)
subscribe("incident.rework", mails.on_sent)
subscribe("whistle.settle", whistles.on_whistle_ended)
for _event in ("whistle.end", "whistle.decline", "whistle.withdraw"):
    subscribe(_event, whistles.on_whistle_dropped)
READERS["incident"] = lambda actor, pk: Incident.objects.visible_to(actor).filter(pk=pk).exists()
