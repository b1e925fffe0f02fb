"""The pages behind a mailed link: a department handles, sends back or asks, without an account, on a telephone.

GET and HEAD only show; every change is a POST with CSRF. An unknown token is a plain 404; a link that expired or was taken
back says so and offers a new one to the registered address.
"""

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from governance.kernel import kept
from governance.kernel.errors import Conflict, DomainError, Forbidden, IllegalTransition, StaleVersion
from governance.kernel.idempotency import run_once
from governance.kernel.ui.forms import FORM_KEY, new_form_key
from governance.kernel.ui.link_view import LinkView

from ..mails import renew
from ..services.report import SUBJECT
from ..states import HandlingLevel, IncidentStatus
from . import selectors
from .actions import ACTIONS, Action
from .offices import incident_of, office_actor

FOLDER = "grid/incidents/answering/"


class IncidentLinkView(LinkView):
    """Finds the incident and the department behind the link."""

    subject_type = SUBJECT

    def find(self) -> None:
        """Both, as they are now."""
        self.incident = incident_of(self.link)
        self.actor = office_actor(self.link, self.incident) if self.incident else None

    def is_theirs(self) -> bool:
        """Whether a department has it now; which one, its registered address says."""
        return self.incident is not None and self.incident.level == HandlingLevel.DEPARTMENT

    def is_open(self) -> bool:
        """Whether the link opens its incident now."""
        return self.link.is_live and self.actor is not None

    def closed(self) -> HttpResponse:
        """Say that the link does not work any more; nothing of the case is shown."""
        expired = self.link.revoked_at is None and self.is_theirs() and self.incident.department.email
        names = {"may_renew": bool(expired), "sent": "sent" in self.request.GET, "token": self.token}
        return render(self.request, f"{FOLDER}closed.html", names, status=410)

    def url(self, name: str = "incident-answer", *args) -> str:
        """An address under this link."""
        return reverse(name, args=[self.token, *args])

    def clock(self) -> dict | None:
        """The limit that runs for the department."""
        row = self.incident
        if row.due_at is None or row.status != IncidentStatus.HANDLING:
            return None
        return {"due_at": row.due_at, "started_at": row.accepted_at or row.reported_at, "label": "处置时限 · 贵单位"}


class AnswerPage(IncidentLinkView):
    """The incident: whose move, what can be done now, what, where, what happened."""

    def get(self, request):
        """Show it; changes nothing."""
        row = self.incident
        files = [
            {"name": one.name, "size": one.size, "url": (url := self.url("incident-answer-file", one.pk)),
             "thumbnail_url": url if one.is_photo else ""}
            for one in selectors.files_of(row)
        ]  # fmt: skip
        moves = [one for name, one in ACTIONS.items() if name != "comment" and not one.refusal(row, self.actor)]
        names = {
            "token": self.token, "incident": row, "office": row.department.short_name, "turn": selectors.TURNS.get(row.status, ""),
            "clock": self.clock(), "moves": moves, "facts": selectors.facts_of(row), "files": files,
            "events": selectors.timeline_of(row), "done": ACTIONS.get(request.GET.get("done", "")),
        }  # fmt: skip
        return render(request, f"{FOLDER}page.html", names)


class AnswerAction(IncidentLinkView):
    """One thing to do: its form, and doing it once."""

    def get(self, request, action: str):
        """Show the form, or say that it is done already."""
        spec = self.spec(action)
        if reason := spec.refusal(self.incident, self.actor):
            return self.already(spec) or self.refused(spec, reason)
        return self.show(spec, spec.form_class(initial={"version": self.incident.version}))

    def post(self, request, action: str):
        """Do it; whatever stands in the way is said on the form with everything that was typed."""
        spec = self.spec(action)
        form = spec.form_class(request.POST, kept.joined(self.owner, request.POST, request.FILES))
        if not form.is_valid():
            return self.show(spec, form, 422)
        try:
            self.once(spec, form)
        except (IllegalTransition, StaleVersion) as error:
            self.find()
            if self.actor is None:
                return self.closed()
            return self.already(spec) or self.stale(spec, error)
        except Forbidden as error:
            return self.refused(spec, str(error), 403)
        except DomainError as error:
            form.errors_from(error)
            return self.show(spec, form, 409 if isinstance(error, Conflict) else 422)
        return (
            HttpResponseRedirect(f"{self.url('incident-answer')}?done={action}")
            if action != "send_back"
            else self.returned(spec)
        )

    def spec(self, action: str) -> Action:
        """The action; 404 for what a department does not do."""
        if action not in ACTIONS:
            raise Http404
        return ACTIONS[action]

    @property
    def owner(self) -> str:
        """Whose keys and kept files these are: the link's."""
        return f"link:{self.link.pk}"

    def once(self, spec: Action, form) -> None:
        """Run the service once per showing of the form. Neither key nor answer holds the token."""

        def effect() -> str:
            spec.run(self.incident, self.actor, form)
            return "done"

        if not form.key:
            effect()
            return
        sent = {name: self.request.POST.getlist(name) for name in self.request.POST if name != "csrfmiddlewaretoken"}
        sent["files"] = [(file.name, file.size) for file in self.request.FILES.getlist("files")]
        run_once(
            owner=self.owner,
            endpoint=f"answer.incident.{spec.name}",
            key=form.key,
            body=sent,
            effect=effect,
        )

    def show(self, spec: Action, form, status: int = 200, changed: list[str] | None = None) -> HttpResponse:
        """Draw the form; what was picked is kept for the next try."""
        if form.is_bound:
            kept.keep(self.owner, form)
        names = {
            "token": self.token, "incident": self.incident, "spec": spec, "form": form, "back": self.url(),
            "changed": changed or [], "clock": self.clock(),
        }  # fmt: skip
        return render(self.request, f"{FOLDER}form.html", names, status=status)

    def stale(self, spec: Action, error: Conflict) -> HttpResponse:
        """Show what happened meanwhile and the same form again, now on the newest version."""
        data = self.request.POST.copy()
        data["version"], data[FORM_KEY] = str(self.incident.version), new_form_key()
        form = spec.form_class(data, kept.joined(self.owner, data, self.request.FILES))
        form.is_valid()
        form.errors_from(error)
        return self.show(spec, form, 409, getattr(error, "changed", []))

    def already(self, spec: Action) -> HttpResponse | None:
        """The friendly page for a second click; None when the step was never taken or may be taken now."""
        event = selectors.last_done(self.incident, spec.name)
        if event is None or spec.refusal(self.incident, self.actor) is None:
            return None
        return self.say(f"已报{spec.label}，无需重复", event=event)

    def returned(self, spec: Action) -> HttpResponse:
        """After sending back the link opens nothing: say so at once."""
        return self.say(
            "已退回", reason="这件事已退回街道重新派遣，贵单位不必再做什么；本链接随之失效。", tone="success", back=""
        )

    def refused(self, spec: Action, reason: str, status: int = 409) -> HttpResponse:
        """Say why it cannot be done now."""
        return self.say(f"现在不能{spec.label}", reason=reason, status=status)

    def say(self, title: str, *, status: int = 200, **more) -> HttpResponse:
        """A short page."""
        names = {"title": title, "back": self.url(), "incident": self.incident, "tone": "warning", **more}
        return render(self.request, f"{FOLDER}already.html", names, status=status)


class AnswerFile(IncidentLinkView):
    """A photo or document of the incident."""

    def get(self, request, pk: int):
        """Send it: photos to look at, everything else to keep."""
        row = get_object_or_404(selectors.files_of(self.incident), pk=pk)
        return FileResponse(
            row.content.open("rb"), content_type=row.mime, as_attachment=not row.is_photo, filename=row.name
        )


class AnswerRenew(IncidentLinkView):
    """Asks for a new link; it goes to the registered address, whoever asks."""

    http_method_names = ["post"]

    def is_open(self) -> bool:
        """Dead links are what this is for."""
        return True

    def post(self, request):
        """Mail it, if a department still has it and the link was not taken back, and say so either way."""
        if self.link.revoked_at is None and self.is_theirs():
            renew(incident=self.incident)
        return HttpResponseRedirect(f"{self.url()}?sent=1")
