"""The pages behind a mailed link: a department acts on its case without an account, on a telephone.

GET and HEAD only show (mail scanners fetch links); every change is a POST with CSRF. An unknown token is a plain 404;
a link that expired or was taken back says so and offers a new one to the registered address. A slice says in one mixin over
``CaseLink`` what its case is, and joins it with each page.
"""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from .. import kept
from ..errors import Conflict, DomainError, Forbidden, IllegalTransition, StaleVersion
from ..idempotency import run_once
from .actions import ActionSpec
from .forms import FORM_KEY, new_form_key
from .link_view import LinkView

FOLDER = "governance/answering"


class CaseLink(LinkView):
    """``find`` sets ``case`` (None: there is none) and ``actor`` (None: the address is not the case's any more)."""

    pages = ""  # the name of the page's address; "-action", "-file" and "-renew" behind it are the others'
    endpoint = ""  # keys of idempotent requests begin with it
    actions: dict[str, ActionSpec] = {}
    words: dict[str, str] = {}  # what the templates call the case: ``case``, ``this``, ``does``, ``readers``

    case: Any
    actor: Any

    def is_theirs(self) -> bool:
        """Whether the case is still with the department that the link was for."""
        raise NotImplementedError

    def is_open(self) -> bool:
        """Whether the link opens its case now."""
        return self.link.is_live and self.actor is not None and self.is_theirs()

    def may_renew(self) -> bool:
        """Whether a dead link offers a new one."""
        raise NotImplementedError

    def summary(self) -> dict:
        """What every page shows of the case: ``number``, ``headline``, ``place``, ``office``."""
        raise NotImplementedError

    def clock(self) -> Any:
        """The limit that runs now, as ``clock_ring`` takes it; None when there is none."""
        raise NotImplementedError

    def files(self):
        """The files that the department may see."""
        raise NotImplementedError

    def refusal(self, spec: ActionSpec) -> str | None:
        """Why it cannot be done now; None when it can."""
        raise NotImplementedError

    def url(self, page: str = "", *args) -> str:
        """An address under this link."""
        return reverse(f"{self.pages}-{page}" if page else self.pages, args=[self.token, *args])

    def draw(self, template: str, status: int = 200, **names) -> HttpResponse:
        """A page of the case."""
        names = {"row": self.case, "words": self.words, "back": self.url(), **self.summary(), **names}
        return render(self.request, f"{FOLDER}/{template}.html", names, status=status)

    def closed(self) -> HttpResponse:
        """Say that the link does not work any more; nothing of the case is shown."""
        names = {"may_renew": self.may_renew(), "sent": "sent" in self.request.GET, "renew": self.url("renew")}
        return render(self.request, f"{FOLDER}/closed.html", names | {"words": self.words}, status=410)


class CasePage(CaseLink):
    """The case: what, where, whose move, what can be done now, what happened."""

    def get(self, request):
        """Show it; changes nothing."""
        files = [
            {"name": row.name, "size": row.size, "url": (url := self.url("file", row.pk)),
             "thumbnail_url": url if row.is_photo else ""}
            for row in self.files()
        ]  # fmt: skip
        moves = [
            (spec, self.url("action", name))
            for name, spec in self.actions.items()
            if name != "comment" and self.refusal(spec) is None
        ]
        names = {"moves": moves, "comment": self.url("action", "comment"), "files": files, "clock": self.clock(),
                 "form_key": new_form_key(), "done": self.actions.get(request.GET.get("done", ""))}  # fmt: skip
        return self.draw("page", **names, **self.body())

    def body(self) -> dict:
        """``turn``, ``facts``, ``events``, and what only this kind of case has."""
        raise NotImplementedError


class CaseAction(CaseLink):
    """One thing to do: its form, and doing it once."""

    def get(self, request, action: str):
        """Show the form, or say that it is done already."""
        spec = self.spec(action)
        if reason := self.refusal(spec):
            return self.already(spec) or self.refused(spec, reason)
        return self.show(spec, self.form(spec))

    def post(self, request, action: str):
        """Do it; whatever stands in the way is said on the form with everything that was typed."""
        spec = self.spec(action)
        form = self.form(spec, request.POST, kept.joined(self.owner, request.POST, request.FILES))
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
        return self.finished(spec)

    def spec(self, action: str) -> ActionSpec:
        """The action; 404 for what a department does not do."""
        if action not in self.actions:
            raise Http404
        return self.actions[action]

    def form(self, spec: ActionSpec, *data):
        """The form, empty or filled."""
        return spec.form(self.case, *data)

    @property
    def owner(self) -> str:
        """Whose keys and kept files these are: the link's."""
        return f"link:{self.link.pk}"

    def once(self, spec: ActionSpec, form) -> None:
        """Run the service once per showing of the form. Neither key nor answer holds the token."""

        def effect() -> str:
            spec.run(self.case, self.actor, form.content(), form.uploads(), form.version)
            return "done"

        if not form.key:
            effect()
            return
        sent = {name: self.request.POST.getlist(name) for name in self.request.POST if name != "csrfmiddlewaretoken"}
        sent["files"] = [(file.name, file.size) for file in self.request.FILES.getlist("files")]
        endpoint = f"{self.endpoint}.{spec.name}"
        run_once(owner=self.owner, endpoint=endpoint, key=form.key, body=sent, effect=effect)

    def finished(self, spec: ActionSpec) -> HttpResponse:
        """Back to the case."""
        return HttpResponseRedirect(f"{self.url()}?done={spec.name}")

    def show(self, spec: ActionSpec, form, status: int = 200, changed: list[str] | None = None) -> HttpResponse:
        """Draw the form; what was picked is kept for the next try."""
        if form.is_bound:
            kept.keep(self.owner, form)
        return self.draw("form", status, spec=spec, form=form, changed=changed or [], clock=self.clock())

    def stale(self, spec: ActionSpec, error: Conflict) -> HttpResponse:
        """Show what happened meanwhile and the same form again, now on the newest version."""
        data = self.request.POST.copy()
        data["version"], data[FORM_KEY] = str(self.case.version), new_form_key()
        form = self.form(spec, data, kept.joined(self.owner, data, self.request.FILES))
        form.is_valid()
        form.errors_from(error)
        return self.show(spec, form, 409, getattr(error, "changed", []))

    def already(self, spec: ActionSpec) -> HttpResponse | None:
        """The friendly page for a second click; None when the step was never taken or may be taken now."""
        raise NotImplementedError

    def refused(self, spec: ActionSpec, reason: str, status: int = 409) -> HttpResponse:
        """Say why it cannot be done now."""
        return self.say(f"现在不能{spec.label.removeprefix('已')}", status, reason=reason)

    def say(self, title: str, status: int = 200, **names) -> HttpResponse:
        """A short page."""
        return self.draw("already", status, title=title, **names)


class CaseFile(CaseLink):
    """A photo or document of the case."""

    def get(self, request, pk: int):
        """Send it: photos to look at, everything else to keep."""
        row = get_object_or_404(self.files(), pk=pk)
        return FileResponse(
            row.content.open("rb"), content_type=row.mime, as_attachment=not row.is_photo, filename=row.name
        )


class CaseRenew(CaseLink):
    """Asks for a new link; it goes to the registered address, whoever asks."""

    http_method_names = ["post"]

    def is_open(self) -> bool:
        """Dead links are what this is for."""
        return True

    def post(self, request):
        """Mail it, if the case is still theirs, and say so either way."""
        if self.is_theirs():
            self.renew()
        return HttpResponseRedirect(f"{self.url()}?sent=1")

    def renew(self) -> None:
        """Mail it."""
        raise NotImplementedError
