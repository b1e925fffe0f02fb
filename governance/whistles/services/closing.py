"""How a whistle ends once its tickets have."""

from governance.kernel import clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.events import emit

from ..models import Whistle
from ..states import TICKET_ENDED, TicketStatus, WhistleStatus
from .steps import fire_whistle


def whistle_settle(*, whistle: Whistle, by: Actor = SYSTEM) -> Whistle:
    """Close the whistle when every ticket has ended, or end it when none of them was ever settled."""
    states = set(whistle.tickets.values_list("status", flat=True))
    whistle.refresh_from_db(fields=["status"])
    if whistle.status != WhistleStatus.IN_PROGRESS or states - set(TICKET_ENDED):
        return whistle
    name = "settle" if TicketStatus.CLOSED in states else "end"
    whistle = fire_whistle(whistle, name, by=SYSTEM, changes={"closed_at": clock.now()})
    emit(f"whistle.{name}", whistle=whistle, by=by)
    return whistle
