"""What incidents register on start."""

from communities.admission.applications.selectors import SOURCES
from governance.kernel.deadlines import on_deadline
from governance.kernel.events import subscribe
from governance.kernel.files import READERS
from governance.kernel.links import PAGES
from governance.whistles.inbound.others import REPLIERS, Replier

from . import desk as _desk  # noqa: F401
from . import figures, mails, rollups
from . import menu as _menu  # noqa: F401
from . import metric_cards as _metric_cards  # noqa: F401
from . import permissions as _permissions  # noqa: F401
from .answering import replies
from .models import Incident
from .services import whistles
from .services.report import SUBJECT

rollups.subscribe()
on_deadline(SUBJECT, mails.on_step)
subscribe("incident.dispatch", mails.on_sent)
subscribe("incident.reroute", mails.on_sent)
subscribe("incident.escalate", mails.on_sent)
subscribe("incident.rework", mails.on_rework)
subscribe("incident.send_back", mails.on_taken)
subscribe("incident.close", mails.on_closed)
subscribe("whistle.settle", whistles.on_whistle_ended)
for _event in ("whistle.end", "whistle.decline", "whistle.withdraw"):
    subscribe(_event, whistles.on_whistle_dropped)
PAGES[SUBJECT] = "answer-incident"
REPLIERS[SUBJECT] = Replier(replies.find, replies.actor, replies.carry_out)
SOURCES["网格事件"] = figures.moved_of
READERS["incident"] = lambda actor, pk: Incident.objects.visible_to(actor).filter(pk=pk).exists()
