"""Tables of incidents."""

from .incidents import Evaluation, Incident, Move
from .routing import RoutingRule
from .searching import IncidentText

__all__ = ["Evaluation", "Incident", "IncidentText", "Move", "RoutingRule"]
