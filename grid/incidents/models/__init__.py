"""Tables of incidents."""

from .incidents import Evaluation, Incident, Move
from .routing import RoutingRule

__all__ = ["Evaluation", "Incident", "Move", "RoutingRule"]
