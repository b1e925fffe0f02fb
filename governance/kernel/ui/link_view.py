"""What every page behind a mailed link has in common, whatever it opens."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views import View

from ..links import link_find
from ..throttling import VisitorThrottle


class LinkView(View):
    """Finds the link and what it opens; GET and HEAD of it only show, for mail scanners fetch links.

    Subclasses say what is behind the link (``find``), whether it opens now (``is_open``), and what a dead one shows (``closed``).
    ``limited`` counts visitors like a public page does (429).
    """

    subject_type = ""
    limited = False

    def dispatch(self, request, *args, token: str, **kwargs):
        """404 for an unknown token, the closed page for a dead link; the answer is for nobody's cache or index."""
        if self.limited and not VisitorThrottle().allow_request(request, self):
            return self.unlogged(render(request, "generic/too_many.html", status=429))
        self.link = link_find(token)
        if self.link is None or self.link.subject_type != self.subject_type:
            raise Http404
        self.token = token
        self.find()
        response = super().dispatch(request, *args, **kwargs) if self.is_open() else self.closed()
        response["Cache-Control"] = "no-store"
        # Not "no-referrer": with it browsers send "Origin: null" and the CSRF check would refuse every form.
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return self.unlogged(response)

    @staticmethod
    def unlogged(response: HttpResponse) -> HttpResponse:
        """Django would write the address of a 4xx, and with it the token, into the log."""
        response._has_been_logged = True
        return response

    def find(self) -> None:
        """Look up what the link opens and who stands behind it."""
        raise NotImplementedError

    def is_open(self) -> bool:
        """Whether the link opens it now."""
        raise NotImplementedError

    def closed(self) -> HttpResponse:
        """Say that the link does not work any more; nothing of the case is shown."""
        raise NotImplementedError
