"""What can be done to a case, as data: name → form and service. Pages, the API and answering links share such tables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..actor import Actor
from ..permission import permits
from ..workflow import Flow

Run = Callable[[Any, Actor, dict[str, Any], list, int | None], Any]


@dataclass(frozen=True)
class ActionSpec:
    """One action. ``inline`` ones fit under a button (no more than a note); the others have a page of their own.

    ``run(about, actor, data, files, version)`` calls the service and returns what it returns; ``data`` is ``form.content()``,
    ``files`` is ``form.uploads()``, ``version`` is ``form.version``. It may raise any DomainError.
    """

    name: str
    form_class: type
    run: Run
    label: str
    icon: str = "check"
    tone: str = "accent"
    hint: str = ""
    permission: str = ""
    inline: bool = False
    note_label: str = ""

    @property
    def needs_note(self) -> bool:
        """Whether the button asks for a reason before it acts."""
        note = self.form_class.base_fields.get("note")
        return self.inline and note is not None and note.required

    @property
    def takes_files(self) -> bool:
        return "files" in self.form_class.base_fields

    def form(self, about, data=None, files=None, **kwargs):
        """The form for a case, empty or filled."""
        return self.form_class(data, files, **{about._meta.model_name: about}, **kwargs)

    def refusal(self, flow: Flow, about, actor: Actor) -> str | None:
        """Why this actor cannot do it now, by the flow's step or else by the right alone; None when he can."""
        if step := flow.transitions.get(self.name):
            return flow.refusal(about, step, actor)
        return None if permits(actor, self.permission, about) else "您的岗位没有此项权限。"
