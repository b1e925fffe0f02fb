"""State machines as tables. ``Flow.fire`` is the only writer of ``status``; a database trigger refuses what bypasses it."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, models

from . import audit
from .actor import Actor
from .errors import Busy, IllegalTransition, Invalid, StaleVersion
from .guards import FSM
from .permission import permits, require
from .prepared import Prepared
from .transactions import together

Guard = Callable[[Any, Actor, dict], str | None]


@dataclass(frozen=True)
class Transition:
    """One legal step. ``target`` None keeps the state; a guard returns the reason for refusing, in Chinese, or None.

    ``hint`` says what will happen when the button is pressed; ``targets`` lists the choices of a step whose end the
    service decides.
    """

    name: str
    label: str
    sources: tuple[str, ...]
    target: str | None
    permission: str
    guards: tuple[Guard, ...] = ()
    needs_note: bool = False
    hint: str = ""
    tone: str = "accent"
    icon: str = "check"
    targets: tuple[str, ...] = ()

    @property
    def ends(self) -> tuple[str, ...]:
        return self.targets or ((self.target,) if self.target else ())


class Flow:
    """The table of one entity's transitions, and what can be done with it."""

    def __init__(self, states: type[models.TextChoices], initial: Iterable[str], transitions: Iterable[Transition]):
        self.states = states
        self.initial = tuple(initial)
        self.transitions = {transition.name: transition for transition in transitions}

    def available(self, obj: models.Model, actor: Actor) -> list[Transition]:
        """The steps that this actor may take now: what the page draws as buttons."""
        return [step for step in self.transitions.values() if self.refusal(obj, step, actor) is None]

    def refusal(self, obj: models.Model, step: Transition, actor: Actor) -> str | None:
        """Why ``step`` is not to be had now (None: it is). Guards that need input see an empty dict."""
        if obj.status not in step.sources:
            return "当前状态不能进行此操作。"
        if not permits(actor, step.permission, obj):
            return "您的岗位没有此项权限。"
        return next((reason for guard in step.guards if (reason := guard(obj, actor, {}))), None)

    def fire(
        self, obj: models.Model, name: str, *, by: Actor, note: str = "", version: int | None = None,
        target: str | None = None, changes: dict[str, Any] | None = None, data: dict[str, Any] | None = None,
    ) -> models.Model:  # fmt: skip
        """Take one step: lock, then source, permission, guards; save state and ``changes`` in one UPDATE; append history.

        Returns the locked, saved row. Raises IllegalTransition, StaleVersion or Busy (409), Forbidden (403), Invalid (400).
        """
        step = self.transitions[name]
        with together():
            row = lock(obj)
            if row.status not in step.sources:
                raise IllegalTransition(f"“{self.states(row.status).label}”状态下不能{step.label}。")
            require(by, step.permission, row)
            if version is not None and row.version != version:
                raise StaleVersion("页面打开后，这件事已有新的进展，请核对后再提交。", changed_since(row, version))
            self._check(step, row, by, note, changes or {}, target)
            before, row.status = row.status, target or step.target or row.status
            for field, value in (changes or {}).items():
                setattr(row, field, value)
            row.version += 1
            row.save(update_fields=["status", "version", *(changes or {})])
            audit.record(
                action=f"{row._meta.model_name}.{name}", label=step.label, by=by, subject=row, thread=thread_of(row),
                from_status=before, to_status=row.status, note=note, data={**(data or {}), "version": row.version},
            )  # fmt: skip
        return row

    def begin(
        self, obj: models.Model, name: str, *, by: Actor, note: str = "", changes: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Take a step of a row before it is stored for the first time: the same checks as ``fire``, nothing to lock.

        Returns what ``audit.event`` wants besides ``by`` and ``subject``; the caller stores row and event together.
        """
        step = self.transitions[name]
        if obj.status not in step.sources:
            raise IllegalTransition(f"“{self.states(obj.status).label}”状态下不能{step.label}。")
        require(by, step.permission, obj)
        self._check(step, obj, by, note, changes or {}, None)
        before, obj.status = obj.status, step.target or obj.status
        for field, value in (changes or {}).items():
            setattr(obj, field, value)
        obj.version += 1
        return {
            "action": f"{obj._meta.model_name}.{name}", "label": step.label, "from_status": before,
            "to_status": obj.status, "note": note, "data": {"version": obj.version},
        }  # fmt: skip

    def _check(self, step: Transition, row, by: Actor, note: str, changes: dict, target: str | None) -> None:
        if step.needs_note and not note.strip():
            raise Invalid(note="请写明理由。")
        if target is not None and target not in step.ends:
            raise ValueError(f"{step.name} does not end in {target}")
        for guard in step.guards:
            if reason := guard(row, by, changes):
                raise IllegalTransition(reason)

    def pairs(self) -> set[tuple[str, str]]:
        """Every (source, target) that some step allows: the trigger's table."""
        return {
            (source, end)
            for step in self.transitions.values()
            for source in step.sources
            for end in step.ends
            if source != end
        }

    def trigger(self, name: str) -> FSM:
        """The database's own copy of the table (pgtrigger FSM)."""
        return FSM(name=name, field="status", transitions=sorted(self.pairs()))

    def mermaid(self) -> str:
        """The state diagram for the documents."""
        lines = ["stateDiagram-v2"]
        lines += [f"    [*] --> {state}" for state in self.initial]
        lines += [f"    {state}: {state.label}" for state in self.states]
        for step in self.transitions.values():
            lines += [
                f"    {source} --> {end}: {step.label}" for source in step.sources for end in step.ends or (source,)
            ]
        return "\n".join(lines)


def lock(obj: models.Model) -> models.Model:
    """Return the row locked for update; Busy (409) when another holds it past the lock timeout."""
    try:
        row = _locked(type(obj)).first(key=obj.pk)
    except OperationalError as error:
        if "lock timeout" in str(error) or "could not obtain lock" in str(error):
            raise Busy("另一位同事正在处理这件事，请稍后再试，刚才的内容没有丢失。") from error
        raise
    if row is None:
        raise type(obj).DoesNotExist
    return row


@functools.cache
def _locked(model: type[models.Model]) -> Prepared:
    return Prepared(lambda key: model._base_manager.select_for_update().filter(pk=key), key=-77_001)


def thread_of(obj: models.Model) -> str:
    """The case that an object belongs to: its own ``thread`` or itself."""
    return getattr(obj, "thread", None) or f"{obj._meta.model_name}:{obj.pk}"


def changed_since(obj: models.Model, version: int) -> list[str]:
    """What happened to an object after ``version``, newest last: shown to the person whose form was stale."""
    events = audit.AuditEvent.objects.filter(
        subject_type=obj._meta.model_name, subject_id=obj.pk, data__version__gt=version
    ).order_by("id")
    return [f"{event.actor_label} {event.label or event.action}" for event in events]
