"""The set-up page of an empty portal; 404 as soon as somebody has an account."""

from django.http import Http404
from django.urls import reverse

from governance.kernel.errors import DomainError
from governance.kernel.ui.views import Page

from ..forms import SetUpForm
from ..selectors import portal_is_empty
from ..setup import First, portal_set_up


class SetUp(Page):
    """Make the first two accounts, then say what comes next."""

    public = True
    title = "开通平台"
    template_name = "governance/accounts/set_up.html"

    def check_permission(self) -> None:
        """Only while the portal is empty."""
        if not portal_is_empty():
            raise Http404

    def get(self, request):
        """Show the form."""
        return self.draw({"form": SetUpForm()})

    def post(self, request):
        """Check the code, make the accounts, explain the next steps."""
        form = SetUpForm(request.POST)
        if not form.is_valid():
            return self.draw({"form": form}, status=422)
        data = form.facts()
        people = {
            who: First(data[f"{who}_username"], data[f"{who}_name"], data[f"{who}_password"])
            for who in ("security", "system")
        }
        try:
            security, system = portal_set_up(code=data["code"], **people)
        except DomainError as error:
            form.errors_from(error)
            return self.draw({"form": form}, status=error.status_code)
        self.template_name = "governance/accounts/set_up_done.html"
        return self.draw({"security": security, "system": system, "sign_in": reverse("sign-in")})
