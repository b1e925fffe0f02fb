"""/money/: what anybody can see of a community's money, without login and without JavaScript."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from funding.ledger.models import Entry
from funding.ledger.states import JournalKind
from governance.kernel import clock
from governance.kernel.policy import policy
from governance.kernel.ui.pages import FormPage, Page
from governance.territory.models import Division, ManagementUnit

from .. import selectors, services, sources
from ..figures import payment_lines
from ..forms import QuestionForm
from ..limits import too_many
from ..models import Disclosure
from ..states import PeriodKind

WORDS_MOST = 40


def whole(text: str) -> int | None:
    """A whole number of an address; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


class MoneyFindPage(Page):
    """/money/: find a community by unit → street → community, or by words."""

    public = True
    title, icon, subtitle = "经费公开", "search", "找到您的社区（村），看钱从哪里来、花到哪里去"
    template_name = "funding/disclosure/find.html"

    def get(self, request):
        """Draw the step that the address asks for."""
        words = request.GET.get("q", "")[:WORDS_MOST].replace("\x00", "").strip()
        unit = ManagementUnit.objects.filter(code=request.GET.get("unit", "")[:6]).first()
        street = (
            Division.objects.streets().filter(code12=request.GET.get("street", "")[:12]).select_related("unit").first()
        )
        names = {"words": words, "unit": unit or (street and street.unit), "street": street}
        if words:
            names["found"] = selectors.find(words)
        elif street:
            names["communities"] = Division.objects.communities().filter(street=street).order_by("code12")
        elif unit:
            names["streets"] = Division.objects.streets().filter(unit=unit).order_by("code12")
        else:
            names["units"] = ManagementUnit.objects.order_by("code")
        return self.draw(names)


class CommunityPage(Page):
    """The base of a community's public pages: ``self.community`` or 404."""

    public = True

    def setup(self, request, *args, **kwargs):
        """Find the community."""
        super().setup(request, *args, **kwargs)
        rows = Division.objects.communities().select_related("street", "unit")
        self.community = get_object_or_404(rows, code12=kwargs["code12"])

    def head(self) -> dict:
        """The community joins the head."""
        return super().head() | {"community": self.community}


class MoneyPage(CommunityPage):
    """/money/<code12>/: budget, projects, payments, acceptance, disclosures, questions."""

    icon = "scale"
    template_name = "funding/disclosure/community.html"

    def get(self, request, code12: str):
        """Draw one year; 404 for a year that the community has no accounts in."""
        place = self.community
        this = clock.today().year
        years = selectors.years_of(place) or [this]
        wanted = request.GET.get("year", "")
        year = whole(wanted) if wanted else max((one for one in years if one <= this), default=years[0])
        if year not in years:
            raise Http404
        project = request.GET.get("project", "")[:32].replace("\x00", "")
        page = selectors.payments_page(place, year, before=whole(request.GET.get("before", "")), project=project)
        self.title = f"{place}经费公开"
        self.subtitle = f"{place.unit} {place.street}"
        return self.draw(
            {
                "year": year, "years": years, "funds": selectors.budget(place, year), "payments": page, "project": project,
                "arrivals": [
                    {"entry": row, "kind": JournalKind(row.journal.kind)} for row in selectors.arrivals(place, year)
                ],
                "projects": sources.projects_of(place, year), "disclosures": list(selectors.published(place)[:24]),
                "questions": list(selectors.answered(place)[:20]),
                "synthetic": Entry.objects.filter(account__community=place, journal__is_synthetic=True).exists(),
            }
        )  # fmt: skip


class MoneyProjectPage(CommunityPage):
    """/money/<code12>/projects/<number>/: one project from the decision to the final account."""

    icon, template_name = "list", "funding/disclosure/project.html"

    def get(self, request, code12: str, number: str):
        """Draw it; 404 for what was only talked about, and for another community's."""
        row = get_object_or_404(sources.shown(self.community), number=number)
        account = sources.final_account(row)
        self.title, self.subtitle = account["title"], f"{self.community.unit} {self.community.street} {self.community}"
        page = selectors.payments_page(
            self.community, row.year, before=whole(request.GET.get("before", "")), project=row.number
        )
        return self.draw({"row": row, "account": account, "payments": page})


class MoneyDisclosurePage(CommunityPage):
    """/money/<code12>/disclosures/<pk>/: the figures as they were published, with their SM3."""

    icon, template_name = "eye", "funding/disclosure/published.html"

    def get(self, request, code12: str, pk: int):
        """Draw the snapshot; 404 for one that is not published or another community's."""
        rows = Disclosure.objects.published().filter(community=self.community)
        row = get_object_or_404(rows, pk=pk)
        self.title, self.subtitle = (
            f"{self.community}{row.label}经费公开",
            f"{self.community.unit} {self.community.street}",
        )
        return self.draw({"row": row, "figures": row.snapshot, "kind": PeriodKind(row.kind)})


class MoneyWayPage(CommunityPage):
    """/money/<code12>/entries/<pk>/: where the money of one entry came from; this community's money only."""

    title, icon, subtitle = "这笔钱的来路", "link", "先到的先用，精确到分"
    template_name = "funding/disclosure/way.html"

    def get(self, request, code12: str, pk: int):
        """Draw the way; 404 for another community's entry."""
        rows = Entry.objects.select_related("journal", "account__community", "account__unit")
        entry = get_object_or_404(rows, pk=pk, account__community=self.community)
        steps = [{"step": row, "kind": JournalKind(row.journal.kind)} for row in selectors.public_way(entry)]
        return self.draw({"entry": entry, "line": payment_lines([entry])[0], "steps": steps})


class MoneyAskPage(CommunityPage, FormPage):
    """/money/<code12>/ask/: the question box. A question is shown only after somebody answered it."""

    icon, form_class, submit_label = "help", QuestionForm, "提交问题"
    template_name = "funding/disclosure/ask.html"
    success_message = "已收到您的问题，答复后在本页公开。"
    consequence = "由社区（村）或街道答复，问题和答复一并公开。"

    def head(self) -> dict:
        """Whom one asks."""
        return super().head() | {"title": f"问{self.community}的经费", "days": policy("disclosure.answer_days")}

    def post(self, request, *args, **kwargs):
        """429 when this address has asked often enough for now; what was typed stays."""
        form = self.form(request.POST, request.FILES)
        if form.is_valid() and too_many(request):
            form.add_error(None, "提问太频繁，请过一小时再试，或直接到社区（村）询问。")
            return self.show(form, 429)
        return super().post(request, *args, **kwargs)

    def run(self, form):
        """Keep the question."""
        return services.question_ask(community=self.community, by=self.actor, **form.facts())

    def success_url(self, result) -> str:
        """Back to the community's page."""
        return f"{reverse('money', args=[self.community.code12])}#questions"

    def cancel_url(self) -> str:
        """The same."""
        return reverse("money", args=[self.community.code12])
