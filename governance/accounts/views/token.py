"""One's own API token: made, shown once, revoked."""

from django.contrib import messages
from django.shortcuts import redirect

from governance.kernel.errors import Invalid
from governance.kernel.ui.views import Page

from ..models import ApiToken
from ..tokens import token_issue, token_revoke


class TokenPage(Page):
    """/account/token/: whether there is one; ``do=issue`` makes another and shows it in the answer, ``do=revoke`` ends it."""

    title = "接口令牌"
    icon = "lock"
    template_name = "governance/accounts/token.html"

    def get(self, request):
        """Show since when there is one, never the token."""
        return self.draw({"token": ApiToken.objects.filter(user=request.user).first(), "key": ""})

    def post(self, request):
        """Make or end it. The new one is stored nowhere but hashed: this answer is the only one that has it."""
        if request.POST.get("do") != "issue":
            if token_revoke(user=request.user, by=self.actor):
                messages.success(request, "令牌已收回，使用它的程序不能再访问。")
            return redirect("token")
        try:
            key = token_issue(user=request.user, by=self.actor)
        except Invalid as error:
            messages.warning(request, str(error))
            return redirect("token")
        response = self.draw({"token": request.user.api_token, "key": key})
        response["Cache-Control"] = "no-store"
        return response
