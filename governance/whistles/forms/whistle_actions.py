"""Everything that can be done to a whistle: name → form and service, for the page and the API."""

from collections.abc import Callable

from django import forms

from governance.kernel.actor import Actor
from governance.kernel.ui.actions import ActionSpec

from .. import services
from ..models import Whistle
from ..selectors.whistles import merge_targets
from ..workflow import WHISTLE_FLOW
from .base import VersionedForm, text_area


class WhistleActionForm(VersionedForm):
    """A form about one whistle."""

    def __init__(self, *args, whistle: Whistle | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.whistle = whistle
        if whistle is not None:
            self.fields["version"].initial = whistle.version
            self.fit()

    def fit(self) -> None:
        """Fit choices to the whistle; override."""


class Confirm(WhistleActionForm):
    """The button is the answer."""


class Note(WhistleActionForm):
    """An optional word."""

    note = text_area("说明", most=500, rows=2, required=False)


class Reason(WhistleActionForm):
    """A word that is asked for."""

    note = text_area("理由", most=2000)


class MergeForm(WhistleActionForm):
    """并入: which open whistle of the street goes on."""

    into = forms.ModelChoiceField(
        label="并入哪件哨单", queryset=Whistle.objects.none(),
        error_messages={"required": "请选择并入哪件哨单。", "invalid_choice": "只能并入本街道尚在办理的其他哨单。"},
    )  # fmt: skip
    note = text_area("理由", most=2000)

    def fit(self) -> None:
        """Offer the street's other open whistles."""
        self.fields["into"].queryset = merge_targets(self.whistle)


def _step(name: str, form_class: type[WhistleActionForm], service: Callable, *, inline: bool = True) -> ActionSpec:
    move = WHISTLE_FLOW.transitions[name]

    def run(whistle: Whistle, actor: Actor, data: dict, uploads: list, version: int | None):
        return service(whistle=whistle, by=actor, version=version, **data)

    return ActionSpec(
        name, form_class, run, move.label, move.icon, move.tone, move.hint, move.permission, inline=inline
    )


_SPECS = (
    _step("submit", Confirm, services.whistle_submit),
    _step("approve", Note, services.whistle_approve),
    _step("dispatch", Note, services.whistle_dispatch),
    _step("return", Reason, services.whistle_return),
    _step("decline", Reason, services.whistle_decline),
    _step("withdraw", Reason, services.whistle_withdraw),
    _step("merge", MergeForm, services.whistle_merge, inline=False),
    _step("unmerge", Confirm, services.whistle_unmerge),
)
WHISTLE_ACTIONS: dict[str, ActionSpec] = {spec.name: spec for spec in _SPECS}


def refusal(whistle: Whistle, actor: Actor, name: str) -> str | None:
    """Why this actor cannot take this step now; None when he can."""
    return WHISTLE_FLOW.refusal(whistle, WHISTLE_FLOW.transitions[name], actor)


def available_actions(whistle: Whistle, actor: Actor) -> list[ActionSpec]:
    """What this actor may do to this whistle now."""
    return [spec for spec in _SPECS if refusal(whistle, actor, spec.name) is None]
