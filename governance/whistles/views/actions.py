"""One page for every action: it draws the action's form, runs its service, and keeps what was typed when that is refused."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect

from governance.kernel.permission import require
from governance.kernel.ui.views import FormPage

from ..forms import ticket_actions, whistle_actions
from ..models import Ticket, Whistle
from ..selectors.tickets import clocks_attach, ticket_rows
from .conflicts import NewestVersion


class _Run(FormPage):
    """Calls the action's service."""

    def run(self, form):
        """With what the form holds, at the version that it was opened on."""
        return self.spec.run(self.object, self.actor, form.content(), form.uploads(), form.version)


class ActionPage(NewestVersion, _Run):
    """/…/<pk>/<action>/: GET shows the form, POST acts. ``table`` maps names to ActionSpecs, ``refusal`` says why not.

    404 for what the actor does not see, 403 for what he may only read, 409 when the state or somebody else was faster:
    then the page lists what happened since and the next press counts for the new version.
    """

    template_name = "governance/whistles/action.html"
    table: dict = {}

    def check_permission(self) -> None:
        """Find the action and the object, and ask the matrix."""
        self.spec = self.table.get(self.kwargs["action"])
        if self.spec is None:
            raise Http404
        super().check_permission()
        require(self.actor, self.spec.permission, self.object)
        self.title, self.icon = self.spec.label, self.spec.icon
        self.submit_label, self.consequence = f"确认{self.spec.label}", self.spec.hint
        self.draft = "" if self.spec.inline else self.request.path
        self.success_message = f"{self.spec.label}：已完成。"

    def refusal(self) -> str | None:
        """Why the action is not to be had now."""
        raise NotImplementedError

    def get(self, request, *args, **kwargs):
        """Show the form, or go back with the reason when it is not the time for it."""
        if reason := self.refusal():
            messages.warning(request, reason)
            return HttpResponseRedirect(self.object.get_absolute_url())
        return super().get(request, *args, **kwargs)

    def form(self, data=None, files=None):
        """The action's form for this object."""
        return self.spec.form(self.object, data, files)

    def success_url(self, result) -> str:
        """Back to the page of what was acted on; a re-routed ticket leads to the new one."""
        return (result if isinstance(result, (Ticket, Whistle)) else self.object).get_absolute_url()

    def crumbs(self) -> list:
        """Up to the object."""
        return [(str(self.object), self.object.get_absolute_url()), (self.title, "")]

    def extra_context(self) -> dict:
        """The action."""
        return super().extra_context() | {"spec": self.spec}


class TicketActionPage(ActionPage):
    """/tickets/<pk>/<action>/"""

    model = Ticket
    table = ticket_actions.TICKET_ACTIONS

    def get_queryset(self):
        """With what the page shows of the ticket."""
        return ticket_rows()

    def refusal(self) -> str | None:
        """Why not now."""
        return ticket_actions.refusal(self.object, self.actor, self.spec.name)

    def extra_context(self) -> dict:
        """The ticket with its clock and what was asked."""
        clocks_attach([self.object])
        return super().extra_context() | {"ticket": self.object, "whistle": self.object.whistle}


class WhistleActionPage(ActionPage):
    """/whistles/<pk>/<action>/"""

    model = Whistle
    table = whistle_actions.WHISTLE_ACTIONS

    def get_queryset(self):
        """With its places."""
        return Whistle.objects.select_related("street", "unit", "community", "category")

    def refusal(self) -> str | None:
        """Why not now."""
        return whistle_actions.refusal(self.object, self.actor, self.spec.name)

    def extra_context(self) -> dict:
        """The whistle."""
        return super().extra_context() | {"whistle": self.object}
