"""Generic pages for one object: look at it, fill in a form, press a button.

Slices subclass them (docs/components.md).
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from governance.kernel import kept
from governance.kernel.errors import Busy, Conflict, DomainError, Forbidden, TooMany
from governance.kernel.idempotency import run_once
from governance.kernel.permission import permits, require
from governance.kernel.throttling import VisitorThrottle

from .forms import FORM_KEY, KEY_SHAPE


class Page(View):
    """The base of all pages: sign-in, ``permission`` (a key of the matrix, 403 without), domain errors as pages.

    ``public`` lets anybody in; ``limited`` refuses an address that reads out a public page (429). ``refused`` draws a refusal (``error``).
    ``self.actor`` is the request's actor.
    """

    permission = ""
    public = False
    limited = False
    refused = "generic/refused.html"
    title = ""
    subtitle = ""
    icon = ""
    template_name = ""

    @property
    def actor(self):
        """Who asks."""
        return self.request.actor

    def dispatch(self, request, *args, **kwargs):
        """Let in, answer, and turn refusals into 403 and 409 pages."""
        if not self.public and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            self.check_rate()
            self.check_permission()
            return super().dispatch(request, *args, **kwargs)
        except Forbidden as error:
            raise PermissionDenied(str(error)) from error
        except DomainError as error:
            names = {"error": error, "changed": getattr(error, "changed", [])}
            return render(request, self.refused, self.head() | names, status=error.status_code)

    def check_rate(self) -> None:
        """429 for a visitor who is faster than a person, where the page is ``limited``."""
        if self.limited and not VisitorThrottle().allow_request(self.request, self):
            raise TooMany("查询过于频繁，请过一分钟再试。")

    def check_permission(self) -> None:
        """403 unless the actor holds ``permission`` at all."""
        if self.permission:
            require(self.actor, self.permission)

    def may(self, key: str, obj=None) -> bool:
        """Whether the actor holds a permission (for ``obj``)."""
        return permits(self.actor, key, obj)

    def crumbs(self) -> list:
        """(label, url) pairs that lead here; the last is the page itself."""
        return []

    def head(self) -> dict[str, Any]:
        """Title, subtitle, icon, crumbs for the template."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "icon_name": self.icon,
            "crumbs": self.crumbs(),
            "page_view": self,
        }

    def extra_context(self) -> dict[str, Any]:
        """More for the template; override."""
        return {}

    def draw(self, context: dict | None = None, status: int = 200):
        """Render ``template_name`` with head, context and extra context."""
        return render(
            self.request, self.template_name, {**self.head(), **(context or {}), **self.extra_context()}, status=status
        )


class ObjectPage(Page):
    """A page about one object: 404 when it is invisible to the actor, 403 when ``object_permission`` is not his for it.

    ``model`` (its manager answers ``visible_to``) and ``lookup`` = (field, URL argument), by default ("pk", "pk").
    """

    model = None
    lookup = ("pk", "pk")
    object_permission = ""

    def get_queryset(self):
        """What may be looked up; add select_related here."""
        return self.model._default_manager.all()

    def setup(self, request, *args, **kwargs):
        """Start without an object; it is fetched after sign-in."""
        super().setup(request, *args, **kwargs)
        self.object = None

    def check_permission(self) -> None:
        """Fetch the object (404) and check both permissions (403)."""
        super().check_permission()
        self.object = self.get_object()
        if self.object is not None and self.object_permission:
            require(self.actor, self.object_permission, self.object)

    def get_object(self):
        """Return the visible object; Http404 otherwise. None for a page without a model."""
        if self.model is None:
            return None
        field, argument = self.lookup
        try:
            return self.get_queryset().visible_to(self.actor).get(**{field: self.kwargs[argument]})
        except (self.model.DoesNotExist, ValueError, OverflowError, ValidationError):
            raise Http404("没有这个对象，或不在您的范围内。") from None

    def head(self) -> dict[str, Any]:
        """The object joins the head; its text is the title unless there is another."""
        return {**super().head(), "object": self.object, "title": self.title or str(self.object or "")}


class DetailPage(ObjectPage):
    """What is known about one object, what can be done with it now, and what happened.

    Override ``facts()`` → kv items, ``events()`` → timeline, ``clock()`` → dict(due_at, started_at, state, label)
    and, with ``flow`` set,
    the buttons follow from the workflow and post to ``action_prefix()``.
    """

    template_name = "generic/detail.html"
    flow = None
    badge_field = "status"

    def facts(self) -> list:
        """Label–value pairs."""
        return []

    def events(self) -> list:
        """Timeline events."""
        return []

    def clock(self) -> dict | None:
        """The object's running clock."""
        return None

    def moves(self) -> list:
        """The workflow's transitions that this actor may fire now."""
        return self.flow.available(self.object, self.actor) if self.flow else []

    def action_prefix(self) -> str:
        """Where buttons post: this + transition name + "/"."""
        return f"{self.request.path}actions/"

    def get(self, request, *args, **kwargs):
        """Draw the page."""
        names = {"facts": self.facts(), "events": self.events(), "clock": self.clock(), "moves": self.moves()}
        badge = self.object if self.badge_field and hasattr(self.object, self.badge_field) else None
        return self.draw(
            {
                **names,
                "action_prefix": self.action_prefix(),
                "badge": badge,
                "version": getattr(self.object, "version", None),
            }
        )


class Once:
    """Runs an effect once per ``form_key``; a second click gets the first one's answer."""

    def once(self, key: str, effect) -> str:
        """Run ``effect() -> address`` under the key (none: simply run it) and return the address."""
        if not KEY_SHAPE.match(key or ""):
            return effect()
        sent = {name: self.request.POST.getlist(name) for name in self.request.POST if name != "csrfmiddlewaretoken"}
        sent["files"] = sorted(
            (name, file.name, file.size) for name, files in self.request.FILES.lists() for file in files
        )
        try:
            answer, self.replayed = run_once(
                owner=self.owner[:80], endpoint=self.request.path[-80:], key=key, body=sent, effect=effect
            )
        except OperationalError as error:
            if "lock timeout" in str(error):
                raise Busy("刚才的提交还在处理，请稍后再试，内容没有丢失。") from error
            raise
        return answer

    replayed = False

    @property
    def owner(self) -> str:
        """Whose keys and kept files these are."""
        return f"{self.actor.via}:{self.actor.user_id or self.actor.address}"


class FormPage(Once, ObjectPage):
    """A form that calls a service. Override ``run(form)``; what it returns goes to ``success_url(result)`` once.

    A DomainError or ValidationError of the service appears next to its field, everything typed or picked stays.
    ``consequence`` says what will happen.
    """

    template_name = "generic/form.html"
    form_class = None
    submit_label = "提交"
    success_message = ""
    consequence = ""
    draft = ""

    @property
    def keeper(self) -> str:
        """Who may have files kept: "" for a visitor, whom nothing tells from the next one."""
        return self.owner if self.actor.user_id or self.actor.address else ""

    @property
    def files(self):
        """The files that were sent, behind those that an earlier try left (see kernel.kept)."""
        return kept.joined(self.keeper, self.request.POST, self.request.FILES)

    def run(self, form):
        """Call the service with ``**form.facts()`` and return its result."""
        raise NotImplementedError("a form page calls a service")

    def success_url(self, result) -> str:
        """Where to go afterwards: the result's own page."""
        return result.get_absolute_url()

    def cancel_url(self) -> str:
        """Where 取消 leads: the object's page, else one level up."""
        return self.object.get_absolute_url() if hasattr(self.object, "get_absolute_url") else "../"

    def initial(self) -> dict:
        """First values of the fields."""
        return {}

    def form_kwargs(self) -> dict:
        """More arguments for the form class, such as the actor for scoped choices."""
        return {}

    def form(self, data=None, files=None):
        """Build the form."""
        return self.form_class(data, files, initial=self.initial(), **self.form_kwargs())

    def get(self, request, *args, **kwargs):
        """Show the empty form."""
        return self.show(self.form())

    def post(self, request, *args, **kwargs):
        """Check, run the service once, go on; or show the form again with everything in it."""
        form = self.form(request.POST, self.files)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            address = self.once(getattr(form, "key", ""), lambda: str(self.success_url(self.run(form))))
        except Forbidden:
            raise
        except (DomainError, ValidationError) as error:
            form.errors_from(error)
            return self.show(form, 409 if isinstance(error, Conflict) else 422)
        if self.success_message and not self.replayed:
            messages.success(request, self.success_message)
        return HttpResponseRedirect(address)

    def show(self, form, status: int = 200):
        """Draw the form; what was picked is kept for the next try."""
        if form.is_bound:
            kept.keep(self.keeper, form)
        names = {"form": form, "submit": self.submit_label, "consequence": self.consequence, "draft": self.draft}
        return self.draw({**names, "cancel_url": self.cancel_url()}, status=status)


class ActionView(Once, ObjectPage):
    """A button: POST only. Fires ``flow``'s transition named in the URL (or ``action``), says so, goes back to the
    object's page.

    Override ``run(action, note, version)`` to call a service instead.
    """

    http_method_names = ["post"]
    flow = None
    action = ""
    messages_by_action: dict[str, str] = {}

    def run(self, action: str, note: str, version: int | None):
        """Fire the transition; raises DomainError."""
        return self.flow.fire(self.object, action, by=self.actor, note=note, version=version)

    def post(self, request, *args, **kwargs):
        """Do it once; a refusal becomes a message on the page one came from."""
        action = self.action or kwargs["action"]
        if self.flow is not None and action not in self.flow.transitions:
            raise Http404
        sent = request.POST.get("version", "")
        version = int(sent) if sent.isdecimal() and len(sent) < 10 else None
        note = request.POST.get("note", "")
        try:
            address = self.once(request.POST.get(FORM_KEY, ""), lambda: self._effect(action, note, version))
        except Forbidden:
            raise
        except DomainError as error:
            for line in (str(error), *getattr(error, "changed", [])):
                messages.warning(request, line)
            return HttpResponseRedirect(self.back())
        if not self.replayed:
            messages.success(request, self.done_message(action))
        return HttpResponseRedirect(address)

    def _effect(self, action: str, note: str, version: int | None) -> str:
        """Run and say where to go."""
        return str(self.success_url(self.run(action, note, version)))

    def done_message(self, action: str) -> str:
        """What to say afterwards."""
        label = self.flow.transitions[action].label if self.flow else "操作"
        return self.messages_by_action.get(action, f"{label}：已完成。")

    def success_url(self, result) -> str:
        """Where to go afterwards."""
        return (result or self.object).get_absolute_url()

    def back(self) -> str:
        """Where a refusal is shown: ``next`` of the form when it is ours, else the object's page."""
        wanted = self.request.POST.get("next", "")
        if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={self.request.get_host()}):
            return wanted
        return resolve_url(self.object)
