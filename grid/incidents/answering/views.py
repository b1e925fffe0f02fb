"""The pages behind the mailed link of an incident: a department handles, sends back or asks."""

from governance.kernel.ui.actions import ActionSpec
from governance.kernel.ui.answering import CaseAction, CaseFile, CaseLink, CasePage, CaseRenew

from ..mails import renew
from ..services.report import SUBJECT
from ..states import HandlingLevel, IncidentStatus
from ..workflow import INCIDENT_FLOW
from . import selectors
from .actions import ACTIONS
from .offices import incident_actor, incident_of


class IncidentLink(CaseLink):
    """The incident and the department behind the link, as they are now."""

    subject_type, pages, endpoint, actions = SUBJECT, "incident-answer", "answer.incident", ACTIONS
    words = {"case": "事件", "this": "这件事", "does": "处置", "readers": "社区和街道"}

    def find(self) -> None:
        """Both."""
        self.case = incident_of(self.link)
        self.actor = incident_actor(self.link, self.case) if self.case else None

    def is_theirs(self) -> bool:
        """Whether a department has it now and the link was not taken back; which one, its registered address says."""
        return self.link.revoked_at is None and self.case is not None and self.case.level == HandlingLevel.DEPARTMENT

    def may_renew(self) -> bool:
        """Where there is an address to send it to."""
        return self.is_theirs() and bool(self.case.department.email)

    def summary(self) -> dict:
        """Of the incident."""
        row = self.case
        return {"number": row.number, "headline": row.headline, "place": row.place, "office": row.department}

    def clock(self) -> dict | None:
        """The limit that runs for the department."""
        row = self.case
        if row.due_at is None or row.status != IncidentStatus.HANDLING:
            return None
        return {"due_at": row.due_at, "started_at": row.accepted_at or row.reported_at, "state": "running", "label": "处置时限 · 贵单位"}  # fmt: skip

    def files(self):
        """All of them."""
        return selectors.files_of(self.case)

    def refusal(self, spec: ActionSpec) -> str | None:
        """Why it cannot be done now."""
        return spec.refusal(INCIDENT_FLOW, self.case, self.actor)


class AnswerPage(IncidentLink, CasePage):
    """The incident."""

    def body(self) -> dict:
        """What, where, why here."""
        row = self.case
        return {
            "turn": selectors.TURNS.get(row.status, ""), "office": row.department.short_name, "every_hint": True,
            "facts": selectors.facts_of(row), "events": selectors.timeline_of(row),
        }  # fmt: skip


class AnswerAction(IncidentLink, CaseAction):
    """One step of it."""

    def form(self, spec: ActionSpec, *data):
        """These forms know nothing of the incident but its version."""
        return spec.form_class(*data, initial={"version": self.case.version})

    def finished(self, spec: ActionSpec):
        """After sending back the link opens nothing: say so at once."""
        if spec.name != "send_back":
            return super().finished(spec)
        reason = "这件事已退回街道重新派遣，贵单位不必再做什么；本链接随之失效。"
        return self.say("已退回", reason=reason, tone="success", back="")

    def already(self, spec: ActionSpec):
        """What may be done now is not done already."""
        event = selectors.last_done(self.case, spec.name)
        return self.say(f"已报{spec.label}，无需重复", event=event) if event and self.refusal(spec) else None


class AnswerFile(IncidentLink, CaseFile):
    """A file of it."""


class AnswerRenew(IncidentLink, CaseRenew):
    """A new link to it."""

    def renew(self) -> None:
        """To the department's registered address."""
        renew(incident=self.case)
