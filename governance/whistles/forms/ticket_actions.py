"""Everything that can be done to a ticket: name → form and service. Pages and answering links share this table."""

from collections.abc import Callable

from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict
from governance.kernel.ui.actions import ActionSpec

from .. import services
from ..models import Card, Ticket
from ..states import CardColour
from ..workflow import TICKET_FLOW
from . import answer, decide
from .base import ConfirmForm, NoteForm, ReasonForm, TicketForm


def _step(name: str, form_class: type[TicketForm], service: Callable, *, inline: bool = False, files: bool = False):
    """An action that is a transition of the flow: its words come from there."""
    move = TICKET_FLOW.transitions[name]

    def run(ticket: Ticket, actor: Actor, data: dict, uploads: list, version: int | None):
        more = {"files": uploads} if files else {}
        return service(ticket=ticket, by=actor, version=version, **data, **more)

    return ActionSpec(
        name, form_class, run, move.label, move.icon, move.tone, move.hint, move.permission, inline=inline
    )  # fmt: skip


def _comment(ticket: Ticket, actor: Actor, data: dict, uploads: list, version: int | None):
    """A comment has no version: it goes through whatever happened meanwhile."""
    return services.ticket_comment(ticket=ticket, by=actor, files=uploads, **data)


def _explain(ticket: Ticket, actor: Actor, data: dict, uploads: list, version: int | None) -> Card:
    """Explain the oldest red card that has none yet."""
    cards = cards_to_explain(ticket)
    if not cards:
        raise Conflict("没有待说明的红牌。")
    return services.card_explain(card=cards[0], by=actor, **data)


def cards_to_explain(ticket: Ticket) -> list[Card]:
    """The red cards of a ticket that still ask for a written explanation, oldest first."""
    red = (card for card in ticket.cards.all() if card.colour == CardColour.RED)
    open_ones = [card for card in red if card.explained_at is None and not card.is_revoked]
    return sorted(open_ones, key=lambda card: card.pk)


_SPECS = (
    _step("accept", ConfirmForm, services.ticket_accept, inline=True),
    _step("object", answer.ObjectForm, services.ticket_object),
    _step("arrive", answer.ArriveForm, services.ticket_arrive),
    _step("contact", answer.ContactForm, services.ticket_contact),
    _step("report_done", answer.ReportForm, services.ticket_report_done, files=True),
    _step("consult", answer.ConsultForm, services.ticket_consult),
    _step("minute", answer.MinuteForm, services.ticket_minute),
    _step("ask_extension", answer.ExtensionForm, services.ticket_ask_extension),
    _step("ask_hold", answer.HoldForm, services.ticket_ask_hold),
    _step("write_off", answer.WriteOffForm, services.ticket_write_off, files=True),
    _step("uphold", decide.RulingForm, services.objection_uphold),
    _step("reassign", decide.ReassignForm, services.objection_reassign),
    _step("not_whistle", decide.RulingForm, services.objection_not_whistle),
    _step("grant_extension", NoteForm, services.extension_grant, inline=True),
    _step("refuse_extension", ReasonForm, services.extension_refuse, inline=True),
    _step("grant_hold", NoteForm, services.hold_grant, inline=True),
    _step("refuse_hold", ReasonForm, services.hold_refuse, inline=True),
    _step("continue_hold", decide.ContinueHoldForm, services.hold_continue),
    _step("resume", ReasonForm, services.hold_resume, inline=True),
    _step("verify", NoteForm, services.ticket_verify, inline=True),
    _step("rework", decide.ReworkForm, services.ticket_rework),
    _step("rate", decide.RateForm, services.ticket_rate),
    ActionSpec(
        "explain", answer.ExplainForm, _explain, "提交红牌说明", "card",
        hint="说明送街道和区级，归入本单。", permission="card.explain",
    ),
    ActionSpec(
        "comment", answer.CommentForm, _comment, "留言", "reply", "neutral",
        hint="本单的各方都能看到。", permission="ticket.comment",
    ),
)  # fmt: skip
TICKET_ACTIONS: dict[str, ActionSpec] = {spec.name: spec for spec in _SPECS}


def refusal(ticket: Ticket, actor: Actor, name: str) -> str | None:
    """Why this actor cannot take this action now; None when he can. KeyError for an unknown action."""
    reason = TICKET_ACTIONS[name].refusal(TICKET_FLOW, ticket, actor)
    if reason is None and name == "explain" and not cards_to_explain(ticket):
        return "没有待说明的红牌。"
    return reason


def available_actions(ticket: Ticket, actor: Actor) -> list[ActionSpec]:
    """What this actor may do to this ticket now, the likeliest first."""
    return [spec for spec in _SPECS if refusal(ticket, actor, spec.name) is None]
