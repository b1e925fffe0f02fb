"""Tables of incidents."""

from .incidents import Evaluation, Incident
from .routing import RoutingRule

__all__ = ["Evaluation", "Incident", "RoutingRule"]
