"""The pages behind a mailed link: they do everything that a department does, without an account, on a telephone.

GET and HEAD only show (mail scanners fetch links); every change is a POST with CSRF. An unknown token is a plain 404;
a link that expired or was taken back says so and offers a new one to the registered address.
"""

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from governance.kernel import kept
from governance.kernel.errors import Conflict, DomainError, Forbidden, IllegalTransition, StaleVersion
from governance.kernel.idempotency import run_once
from governance.kernel.ui.forms import FORM_KEY, new_form_key
from governance.kernel.ui.link_view import LinkView

from ..forms.ticket_actions import TICKET_ACTIONS, ActionSpec, available_actions, refusal
from ..mail import renew
from ..mail.recipients import answering
from ..states import TicketStatus
from ..workflow import TICKET_FLOW
from . import selectors
from .actors import department_actor, ticket_of

PERMISSIONS = {"ticket.answer", "card.explain", "ticket.comment"}
ACTIONS = {name: spec for name, spec in TICKET_ACTIONS.items() if spec.permission in PERMISSIONS}
ONCE = {
    "contact",
    "object",
    "ask_extension",
    "ask_hold",
}  # steps that a guard, not the state, keeps from being repeated


class TicketLinkView(LinkView):
    """Finds the ticket of the link and the office behind it."""

    subject_type = "ticket"

    def find(self) -> None:
        """After merging, the department's ticket of the main whistle."""
        self.ticket = ticket_of(self.link)
        self.actor = department_actor(self.link, self.ticket) if self.ticket else None

    def is_theirs(self) -> bool:
        """Whether the ticket still belongs to the department that the link was for."""
        return self.ticket is not None and self.ticket.status != TicketStatus.REASSIGNED

    def is_open(self) -> bool:
        """Whether the link opens its ticket now."""
        return self.link.is_live and self.actor is not None and self.is_theirs()

    def closed(self) -> HttpResponse:
        """Say that the link does not work any more; nothing of the case is shown."""
        may_renew = self.is_theirs() and bool(answering(self.ticket))
        names = {"may_renew": may_renew, "sent": "sent" in self.request.GET, "token": self.token}
        return render(self.request, "governance/answering/closed.html", names, status=410)

    def url(self, name: str = "answer", *args) -> str:
        """An address under this link."""
        return reverse(name, args=[self.token, *args])


class AnswerPage(TicketLinkView):
    """The ticket: what, where, whose move, what can be done now, what happened."""

    def get(self, request):
        """Show it; changes nothing."""
        ticket, actions = self.ticket, available_actions(self.ticket, self.actor)
        files = [
            {"name": row.name, "size": row.size, "url": (url := self.url("answer-file", row.pk)),
             "thumbnail_url": url if row.is_photo else ""}
            for row in selectors.files_of(ticket)
        ]  # fmt: skip
        names = {
            "token": self.token, "ticket": ticket, "whistle": ticket.whistle, "office": self.actor.label.partition("（")[0],
            "turn": selectors.TURNS.get(ticket.status, ""), "clock": selectors.clock_of(ticket),
            "moves": [spec for spec in actions if spec.name in ACTIONS and spec.name != "comment"],
            "waits": self.waits(),
            "facts": selectors.facts_of(ticket), "partners": selectors.partners_of(ticket), "files": files,
            "events": selectors.timeline_of(ticket), "form_key": new_form_key(),
            "followed": ticket.pk != self.link.subject_id, "done": ACTIONS.get(request.GET.get("done", "")),
        }  # fmt: skip
        return render(request, "governance/answering/page.html", names)

    def waits(self) -> list[tuple[str, str]]:
        """Steps that the state allows and a rule holds back, with the reason: nobody has to guess where a button went."""
        steps = [TICKET_FLOW.transitions[name] for name in ("object", "report_done")]
        reasons = [(step, TICKET_FLOW.refusal(self.ticket, step, self.actor)) for step in steps]
        return [(step.label, reason) for step, reason in reasons if reason and self.ticket.status in step.sources]


class AnswerAction(TicketLinkView):
    """One thing to do: its form, and doing it once."""

    def get(self, request, action: str):
        """Show the form, or say that it is done already."""
        spec = self.spec(action)
        if reason := refusal(self.ticket, self.actor, action):
            return self.already(spec) or self.refused(spec, reason)
        return self.show(spec, spec.form(self.ticket))

    def post(self, request, action: str):
        """Do it; whatever stands in the way is said on the form with everything that was typed."""
        spec = self.spec(action)
        form = spec.form(self.ticket, request.POST, kept.joined(self.owner, request.POST, request.FILES))
        if not form.is_valid():
            return self.show(spec, form, 422)
        try:
            self.once(spec, form)
        except (IllegalTransition, StaleVersion) as error:
            self.ticket = ticket_of(self.link)
            return self.already(spec) or self.stale(spec, error)
        except Forbidden as error:
            return self.refused(spec, str(error), 403)
        except DomainError as error:
            form.errors_from(error)
            return self.show(spec, form, 409 if isinstance(error, Conflict) else 422)
        return HttpResponseRedirect(f"{self.url()}?done={action}")

    def spec(self, action: str) -> ActionSpec:
        """The action; 404 for what a department does not do."""
        if action not in ACTIONS:
            raise Http404
        return ACTIONS[action]

    @property
    def owner(self) -> str:
        """Whose keys and kept files these are: the link's."""
        return f"link:{self.link.pk}"

    def once(self, spec: ActionSpec, form) -> None:
        """Run the service once per showing of the form. Neither key nor answer holds the token."""

        def effect() -> str:
            spec.run(self.ticket, self.actor, form.content(), form.uploads(), form.version)
            return "done"

        if not form.key:
            effect()
            return
        sent = {name: self.request.POST.getlist(name) for name in self.request.POST if name != "csrfmiddlewaretoken"}
        sent["files"] = [(file.name, file.size) for file in self.request.FILES.getlist("files")]
        run_once(
            owner=self.owner, endpoint=f"answer.{spec.name}", key=form.key, body=sent, effect=effect
        )  # fmt: skip

    def show(self, spec: ActionSpec, form, status: int = 200, changed: list[str] | None = None) -> HttpResponse:
        """Draw the form; what was picked is kept for the next try."""
        if form.is_bound:
            kept.keep(self.owner, form)
        names = {
            "token": self.token, "ticket": self.ticket, "whistle": self.ticket.whistle, "spec": spec, "form": form,
            "back": self.url(), "changed": changed or [], "clock": selectors.clock_of(self.ticket),
        }  # fmt: skip
        return render(self.request, "governance/answering/form.html", names, status=status)

    def stale(self, spec: ActionSpec, error: Conflict) -> HttpResponse:
        """Show what happened meanwhile and the same form again, now on the newest version."""
        data = self.request.POST.copy()
        data["version"], data[FORM_KEY] = str(self.ticket.version), new_form_key()
        form = spec.form(self.ticket, data, kept.joined(self.owner, data, self.request.FILES))
        form.is_valid()
        form.errors_from(error)
        return self.show(spec, form, 409, getattr(error, "changed", []))

    def already(self, spec: ActionSpec) -> HttpResponse | None:
        """The friendly page for a second click; None when the step was never taken."""
        move = TICKET_FLOW.transitions.get(spec.name)
        if move and self.ticket.status in move.sources and spec.name not in ONCE:
            return None
        event = selectors.last_done(self.ticket, spec.name)
        if event is None:
            return None
        title = f"已{spec.label.removeprefix('已')}，无需重复"
        names = {"title": title, "event": event, "back": self.url(), "ticket": self.ticket}
        return render(self.request, "governance/answering/already.html", names)

    def refused(self, spec: ActionSpec, reason: str, status: int = 409) -> HttpResponse:
        """Say why it cannot be done now."""
        title = f"现在不能{spec.label.removeprefix('已')}"
        names = {"title": title, "reason": reason, "back": self.url(), "ticket": self.ticket}
        return render(self.request, "governance/answering/already.html", names, status=status)


class AnswerFile(TicketLinkView):
    """A photo or document of the case."""

    def get(self, request, pk: int):
        """Send it: photos to look at, everything else to keep."""
        row = get_object_or_404(selectors.files_of(self.ticket), pk=pk)
        return FileResponse(
            row.content.open("rb"), content_type=row.mime, as_attachment=not row.is_photo, filename=row.name
        )


class AnswerRenew(TicketLinkView):
    """Asks for a new link; it goes to the registered address, whoever asks."""

    http_method_names = ["post"]

    def is_open(self) -> bool:
        """Dead links are what this is for."""
        return True

    def post(self, request):
        """Mail it, if the ticket is still theirs, and say so either way."""
        if self.is_theirs():
            renew(ticket=self.ticket, link=self.link)
        return HttpResponseRedirect(f"{self.url()}?sent=1")
