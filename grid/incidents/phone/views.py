"""The page, what a telephone keeps of it, and the door for its drafts."""

import hashlib
import json

from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.crypto import salted_hmac

from governance.kernel.errors import DomainError, Forbidden
from governance.kernel.policy import policy
from governance.kernel.ui.paging import BadCursor, KeysetPager
from governance.kernel.ui.views import Page
from governance.territory.models import Category
from grid.boundaries.selectors import grid_of

from .. import services
from ..models import Incident
from ..similar import alike
from ..views.incidents import Reporting, handler
from .forms import PhoneForm
from .words import chips

FOLDER = "grid/incidents/phone/"
ASSETS = ("portal/tokens.css", "portal/portal.css", "portal/report.css", "portal/icons.svg", "portal/favicon.svg",
          "portal/portal.js", "portal/report-drafts.js", "portal/report.js")  # fmt: skip


def owner_of(user) -> str:
    """A name for whose drafts these are that says nothing of the person."""
    return salted_hmac("report.owner", str(user.pk)).hexdigest()[:24]


def limits() -> dict:
    """What the telephone keeps to."""
    return {
        name: policy(f"incident.phone.{name}") for name in ("photo_edge", "photos_most", "drafts_most", "keep_days")
    }


class PhonePage(Reporting):
    """/report/: one screen; works without a script, which adds drafts, chips, look-alikes and the place."""

    title, icon, form_class = "上报", "phone", PhoneForm
    template_name, success_message = f"{FOLDER}report.html", "已上报。"

    def cancel_url(self) -> str:
        """The list."""
        return reverse("report-mine")

    def extra_context(self) -> dict:
        """His grid, the words behind the chips, the limits, whose drafts are shown."""
        mine = {"grid": grid_of(self.actor), "chips": chips(), "limits": limits(), "owner": owner_of(self.request.user)}
        return super().extra_context() | mine


class ShellPage(Page):
    """/report/shell/: the same screen without anything of a person; a telephone keeps it for places without a connection."""

    title, permission, template_name = "上报", "incident.report", f"{FOLDER}shell.html"

    def get(self, request):
        """Draw it."""
        categories = Category.objects.filter(is_active=True).exclude(parent=None).order_by("code")
        return self.draw({"categories": categories, "chips": chips(), "limits": limits()})


class WorkerScript(Page):
    """/report/worker.js: the service worker; it stands here because its scope is /report/."""

    permission = "incident.report"

    def get(self, request):
        """Its text names what it keeps; another content is another version."""
        text = hashlib.sha256()
        for name in ASSETS:
            with open(finders.find(name), "rb") as file:
                text.update(file.read())
        kept = {"version": text.hexdigest()[:12], "assets": [static(name) for name in ASSETS]}
        names = {"kept": json.dumps(kept), "drafts": static("portal/report-drafts.js")}
        body = render_to_string(f"{FOLDER}worker.js", names)
        return HttpResponse(body, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


class _Answer(Page):
    """Answers a script: 401 instead of the sign-in page, refusals as JSON."""

    permission = "incident.report"

    def dispatch(self, request, *args, **kwargs):
        """Nothing of it is kept by the browser."""
        signed_in = request.user.is_authenticated
        answer = super().dispatch(request, *args, **kwargs) if signed_in else JsonResponse({}, status=401)
        answer["Cache-Control"] = "no-store"
        return answer


class TokenPage(_Answer):
    """/report/token/: a fresh token and whose drafts may be sent now."""

    def get(self, request):
        """Say both."""
        return JsonResponse({"token": get_token(request), "owner": owner_of(request.user)})


class SendPage(_Answer):
    """/report/send/: one draft. The same draft again answers with the incident that it became."""

    def post(self, request):
        """200 with the incident, 422 with the reasons by field."""
        form = PhoneForm(request.POST, request.FILES, actor=self.actor)
        if not form.key:
            return JsonResponse({"errors": {"": "草稿没有编号，请重新填写。"}}, status=422)
        try:
            incident = self.sent(form)
        except Forbidden:
            raise
        except DomainError as error:
            return JsonResponse({"errors": error.fields}, status=422)
        if incident is None:
            return JsonResponse({"errors": {name: "；".join(words) for name, words in form.errors.items()}}, status=422)
        return JsonResponse(said_of(incident))

    def sent(self, form: PhoneForm) -> Incident | None:
        """The incident of this draft, new or known; None where the form is refused."""
        if not form.is_valid():
            return form.sent_before()
        return services.incident_report(by=self.actor, content=form.incident_input())


class NearPage(_Answer):
    """/report/near/: has somebody reported this already? Asked while one writes; POST keeps the words out of addresses and logs."""

    def post(self, request):
        """At most five, newest words first; none for a form that says too little."""
        form = PhoneForm(request.POST, actor=self.actor)
        form.is_valid()
        found = alike(by=self.actor, data=form.cleaned_data) if form.cleaned_data.get("words") else []
        return JsonResponse({"alike": [
            {"number": one.incident.number, "headline": one.incident.headline, "url": one.incident.get_absolute_url(),
             "status": one.incident.get_status_display(),
             "how": f"相似 {one.percent}%" + ("" if one.metres is None else f"，相距 {one.metres} 米")}
            for one in found
        ]})  # fmt: skip


def said_of(row: Incident) -> dict:
    """What the reporter is told: number, grid, who has it, by which rule."""
    return {
        "number": row.number, "url": row.get_absolute_url(), "headline": row.headline,
        "grid": str(row.grid.name if row.grid else row.community), 
        "handler": handler(row) if row.level else f"{row.community}（{row.get_status_display()}）",
        "rule": row.rule.title if row.rule else "立案后按派遣规则认定",
    }  # fmt: skip


class MinePage(Page):
    """/report/mine/: what I reported; a plain list, nothing is counted or compared."""

    title, icon, permission, template_name = "我的上报", "list", "incident.report", f"{FOLDER}mine.html"

    def get(self, request):
        """The newest first."""
        rows = Incident.objects.visible_to(self.actor).filter(reporter_id=self.actor.user_id)
        pager = KeysetPager(rows.select_related("grid", "community", "department", "rule"), size=20)
        try:
            page = pager.page(request.GET.get("cursor", ""))
        except BadCursor:
            page = pager.page("")
        return self.draw({"page": page, "lines": [(row, said_of(row)) for row in page.rows]})
