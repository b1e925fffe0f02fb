"""The pages behind the mailed link of a ticket: everything that a department does."""

from governance.kernel.ui.actions import ActionSpec
from governance.kernel.ui.answering import CaseAction, CaseFile, CaseLink, CasePage, CaseRenew

from ..forms.ticket_actions import TICKET_ACTIONS, refusal
from ..mail import renew
from ..mail.recipients import answering
from ..states import TicketStatus
from ..workflow import TICKET_FLOW
from . import selectors
from .actors import department_actor, ticket_of

PERMISSIONS = {"ticket.answer", "card.explain", "ticket.comment"}
ACTIONS = {name: spec for name, spec in TICKET_ACTIONS.items() if spec.permission in PERMISSIONS}
ONCE = {"contact", "object", "ask_extension", "ask_hold"}  # a guard, not the state, keeps them from being repeated


class TicketLink(CaseLink):
    """The ticket of the link and the office behind it."""

    subject_type, pages, endpoint, actions = "ticket", "answer", "answer", ACTIONS
    words = {"case": "工单", "this": "这件工单", "does": "办理", "readers": "街道"}

    def find(self) -> None:
        """After merging, the department's ticket of the main whistle."""
        self.case = ticket_of(self.link)
        self.actor = department_actor(self.link, self.case) if self.case else None

    def is_theirs(self) -> bool:
        """Not once it was given to another."""
        return self.case is not None and self.case.status != TicketStatus.REASSIGNED

    def may_renew(self) -> bool:
        """Where there is an address to send it to."""
        return self.is_theirs() and bool(answering(self.case))

    def summary(self) -> dict:
        """The whistle's."""
        whistle = self.case.whistle
        return {
            "number": whistle.number,
            "headline": whistle.title,
            "place": whistle.place,
            "office": self.case.department,
        }

    def clock(self) -> selectors.Clock | None:
        """Of whoever's move it is."""
        return selectors.clock_of(self.case)

    def files(self):
        """The whistle's and the ticket's."""
        return selectors.files_of(self.case)

    def refusal(self, spec: ActionSpec) -> str | None:
        """Why it cannot be done now."""
        return refusal(self.case, self.actor, spec.name)


class AnswerPage(TicketLink, CasePage):
    """The ticket."""

    def body(self) -> dict:
        """What, where, with whom."""
        ticket = self.case
        return {
            "turn": selectors.TURNS.get(ticket.status, ""), "role": ticket.get_role_display(),
            "office": self.actor.label.partition("（")[0], "followed": ticket.pk != self.link.subject_id,
            "is_confidential": ticket.whistle.is_confidential, "waits": self.waits(), "facts": selectors.facts_of(ticket),
            "partners": selectors.partners_of(ticket), "events": selectors.timeline_of(ticket),
        }  # fmt: skip

    def waits(self) -> list[tuple[str, str]]:
        """Steps that the state allows and a rule holds back, with the reason: nobody has to guess where a button went."""
        steps = [TICKET_FLOW.transitions[name] for name in ("object", "report_done")]
        reasons = [(step, TICKET_FLOW.refusal(self.case, step, self.actor)) for step in steps]
        return [(step.label, reason) for step, reason in reasons if reason and self.case.status in step.sources]


class AnswerAction(TicketLink, CaseAction):
    """One step of it."""

    def already(self, spec: ActionSpec):
        """A step that the state would allow again was not taken, unless it is one of ``ONCE``."""
        move = TICKET_FLOW.transitions.get(spec.name)
        if move and self.case.status in move.sources and spec.name not in ONCE:
            return None
        event = selectors.last_done(self.case, spec.name)
        return event and self.say(f"已{spec.label.removeprefix('已')}，无需重复", event=event)


class AnswerFile(TicketLink, CaseFile):
    """A file of it."""


class AnswerRenew(TicketLink, CaseRenew):
    """A new link to it."""

    def renew(self) -> None:
        """To the address that asks if it is still registered, else to the department's own."""
        renew(ticket=self.case, link=self.link)
