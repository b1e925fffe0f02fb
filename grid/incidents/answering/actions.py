"""What a department may do about an incident: name → form and service; the pages behind its link."""

from collections.abc import Callable

from governance.kernel.actor import Actor
from governance.kernel.ui.actions import ActionSpec

from .. import services
from ..forms import CommentForm, HandleForm, SendBackForm
from ..models import Incident
from ..workflow import INCIDENT_FLOW


def _step(name: str, label: str, form_class: type, service: Callable, **more) -> ActionSpec:
    move = INCIDENT_FLOW.transitions[name]

    def run(incident: Incident, actor: Actor, data: dict, files: list, version: int | None) -> Incident:
        return service(incident=incident, by=actor, files=files, version=version, **data)

    return ActionSpec(name, form_class, run, label, move.icon, hint=move.hint, **more)


def _comment(incident: Incident, actor: Actor, data: dict, files: list, version: int | None) -> Incident:
    """A comment has no version: it goes through whatever happened meanwhile."""
    return services.incident_comment(incident=incident, by=actor, files=files, **data)


ACTIONS = {
    "handle": _step("handle", "处置完毕", HandleForm, services.incident_handle),
    "send_back": _step("send_back", "退回", SendBackForm, services.incident_send_back, tone="neutral"),
    "comment": ActionSpec(
        "comment", CommentForm, _comment, "给街道留言", "reply", "neutral", "社区、街道和处置方都能看到。", "incident.comment"
    ),
}  # fmt: skip
