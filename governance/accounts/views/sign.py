"""Signing in and out, and one's own password."""

from axes.helpers import get_client_ip_address, get_cool_off
from django.conf import settings
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from governance.kernel.ui.views import FormPage

from ..demo import PASSWORD, PEOPLE
from ..forms import NewPasswordForm, SignInForm
from ..models import User
from ..selectors import is_flooded, portal_is_empty
from ..services import password_change

BACKEND = "governance.accounts.backends.PortalBackend"


def locked_response(request):
    """The page that axes shows too: the same for a name that exists and one that does not."""
    names = {"failure_limit": settings.AXES_FAILURE_LIMIT, "cooloff_timedelta": get_cool_off()}
    return render(request, settings.AXES_LOCKOUT_TEMPLATE, names, status=429)


class SignIn(LoginView):
    """Name and password; in a demo also one button per role. An empty portal sends to its set-up."""

    template_name = "governance/accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get(self, request, *args, **kwargs):
        """Show the form."""
        return redirect("set-up") if portal_is_empty() else super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Refuse early where an address or a name has failed too often; axes counts the rest."""
        address = get_client_ip_address(request) or ""
        if is_flooded(request.POST.get("username", "")[:150], address):
            return locked_response(request)
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        """The demo's people by role, and whether somebody was sent here."""
        people = PEOPLE if settings.DEMO else ()
        return super().get_context_data(
            people=people, demo_password=PASSWORD if settings.DEMO else "", sent=bool(self.get_redirect_url()), **kwargs
        )


class DemoSignIn(LoginView):
    """One click as one of the demo's people. Exists only in a demo, only for its synthetic accounts, only by POST."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        """Sign in."""
        if not settings.DEMO:
            raise Http404
        names = {person.username for person in PEOPLE}
        user = User.objects.filter(
            username=request.POST.get("username", ""), username__in=names, is_synthetic=True, is_active=True
        ).first()
        if user is None:
            raise Http404
        login(request, user, backend=BACKEND)
        return HttpResponseRedirect(self.get_success_url())


class SignOut(LogoutView):
    """End the session; POST only."""


class NewPassword(FormPage):
    """Change one's own password; the other sessions of the account end."""

    title = "更换口令"
    icon = "lock"
    form_class = NewPasswordForm
    submit_label = "更换口令"
    success_message = "口令已更换。"
    consequence = "更换后，其他设备上的登录会立即失效。"
    template_name = "governance/accounts/password.html"

    def form_kwargs(self):
        return {"user": self.request.user}

    def run(self, form):
        """Change it and keep this session."""
        user = password_change(by=self.actor, user=self.request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, user)
        return user

    def once(self, key, effect):
        """Run without keeping a hash of the passwords: a second click is refused because the old one no longer fits."""
        return effect()

    def success_url(self, result):
        return reverse("desk")

    def cancel_url(self):
        return reverse("desk")

    def extra_context(self):
        return {"must": self.request.user.must_change_password}
