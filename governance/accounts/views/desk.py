"""The front door and the desk."""

from django.shortcuts import redirect
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.policy import policy
from governance.kernel.ui.views import Page

from ..desks import desk_of, shortcuts_of
from ..roles import Role
from ..selectors import password_days_left, portal_is_empty


def home(request):
    """Where the portal's address leads: the desk, the sign-in, or the set-up of an empty portal."""
    if request.user.is_authenticated:
        return redirect("desk")
    return redirect("set-up" if portal_is_empty() else "sign-in")


class Desk(Page):
    """What this person must do now, and nothing else."""

    template_name = "governance/accounts/desk.html"
    title = "工作台"

    def get(self, request):
        """Draw the panels of one's roles."""
        shown = desk_of(self.actor)
        return self.draw({
            "shown": shown,
            "shortcuts": shortcuts_of(self.actor),
            "waiting": any(not one.content.is_empty for one in shown),
            "posts": [Role(role).label for role in Role.values if role in self.actor.roles],
            "today": clock.today(),
            "password_note": self.password_note(),
        })  # fmt: skip

    def password_note(self) -> dict | None:
        """Days left, once they are few; the rule says when a password is old."""
        left = password_days_left(self.request.user)
        if left > policy("account.password_remind_days"):
            return None
        return {
            "left": left,
            "url": reverse("password"),
            "rule": reverse("policy-rule", args=["account.password_days"]),
        }
