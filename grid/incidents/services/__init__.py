"""Everything that writes incidents."""

from .report import IncidentInput, incident_report, incident_sent
from .rules import routing_end, routing_load, routing_revise
from .steps import (
    incident_accept,
    incident_close,
    incident_comment,
    incident_dispatch,
    incident_escalate,
    incident_evaluate,
    incident_handle,
    incident_reject,
    incident_reroute,
    incident_rework,
    incident_send_back,
    incident_verify,
)
from .whistles import incident_blow

__all__ = [
    "IncidentInput",
    "incident_accept",
    "incident_blow",
    "incident_close",
    "incident_comment",
    "incident_dispatch",
    "incident_escalate",
    "incident_evaluate",
    "incident_handle",
    "incident_reject",
    "incident_report",
    "incident_reroute",
    "incident_rework",
    "incident_send_back",
    "incident_sent",
    "incident_verify",
    "routing_end",
    "routing_load",
    "routing_revise",
]
