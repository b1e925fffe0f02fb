"""What a department may do about an incident: name → form and service; pages and links share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from governance.kernel.actor import Actor
from governance.kernel.permission import permits

from .. import services
from ..forms import CommentForm, HandleForm, SendBackForm
from ..models import Incident
from ..workflow import INCIDENT_FLOW


@dataclass(frozen=True)
class Action:
    """``run(incident, actor, form)`` calls the service; it may raise any DomainError."""

    name: str
    label: str
    icon: str
    hint: str
    form_class: type
    run: Callable
    tone: str = "accent"
    permission: str = ""

    def refusal(self, incident: Incident, actor: Actor) -> str | None:
        """Why it cannot be done now; None when it can."""
        if step := INCIDENT_FLOW.transitions.get(self.name):
            return INCIDENT_FLOW.refusal(incident, step, actor)
        return None if permits(actor, self.permission, incident) else "您的岗位没有此项权限。"


def _handle(incident: Incident, actor: Actor, form) -> Incident:
    return services.incident_handle(
        incident=incident, by=actor, files=form.uploads(), version=form.version, **form.content()
    )


def _send_back(incident: Incident, actor: Actor, form) -> Incident:
    return services.incident_send_back(
        incident=incident, by=actor, files=form.uploads(), version=form.version, **form.content()
    )


def _comment(incident: Incident, actor: Actor, form) -> Incident:
    """A comment has no version: it goes through whatever happened meanwhile."""
    return services.incident_comment(incident=incident, by=actor, files=form.uploads(), **form.content())


_handled, _back = INCIDENT_FLOW.transitions["handle"], INCIDENT_FLOW.transitions["send_back"]
ACTIONS = {
    "handle": Action("handle", "处置完毕", _handled.icon, _handled.hint, HandleForm, _handle),
    "send_back": Action("send_back", "退回", _back.icon, _back.hint, SendBackForm, _send_back, tone="neutral"),
    "comment": Action(
        "comment", "给街道留言", "reply", "社区、街道和处置方都能看到。", CommentForm, _comment, tone="neutral", permission="incident.comment"
    ),
}  # fmt: skip
