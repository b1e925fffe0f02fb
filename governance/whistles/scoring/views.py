"""The pages of scores: ranking, one card, the tickets behind a figure, release, annual assessment."""

from django.db.models import Case, CharField, OuterRef, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, LPad
from django.http import Http404
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.pages.values import value_cn
from governance.kernel.policy import rule_for
from governance.kernel.ui.formats import datetime_cn
from governance.kernel.ui.views import ActionView, DetailPage, FormPage, ListPage
from governance.territory.models import Department

from ..metric_cards import link
from ..models import AnnualAssessment, Scorecard
from ..rules import period_label, quarters_of
from ..selectors.score_terms import TERMS
from ..selectors.scores import annual_terms, is_released, releasable_quarters, term_tickets
from ..services.scores import assessment_enter, quarter_release
from . import columns
from .filters import AssessmentFilter, ScoreFilter
from .forms import AssessmentForm
from .lines import Explained, shown

UNRANKED = 99_999


def rule_links(keys, at=None) -> list[dict]:
    """Rules as title, value and address, for the foot of a formula."""
    found = [rule_for(key, at=at) for key in keys]
    return [
        {"title": rule.title, "shown": value_cn(rule.value, rule.unit), "unit": rule.unit,
         "url": link("policy-rule", rule.key), "mark": rule.get_source_mark_display()}
        for rule in found
    ]  # fmt: skip


class ScoreListPage(ListPage):
    """/scores/: departments of one period, ranked inside their trade and level."""

    title, icon = "部门计分", "chart"
    subtitle = "一哨一评与三率；只排部门，不排街道、社区和个人。"
    permission = "score.view"
    template_name = "governance/scoring/scores.html"
    columns, filterset_class, order = columns.SCORE_COLUMNS, ScoreFilter, "place"
    empty_title = "这个考核期还没有计分"
    empty_text = "进行中的考核期由市、区县掌握；季度结束并开启后，街道和部门可见。"

    def get_queryset(self):
        """Cards with their departments; ``place`` keeps together those that are ranked together, the others last."""
        number = LPad(Cast(Coalesce("rank", UNRANKED), CharField()), 5, Value("0"))
        last = Case(When(rank=None, then=Value("1 ")), default=Value("0 "))
        place = Concat(last, "department__kind", Value(" "), "department__level", Value(" "), number)
        return Scorecard.objects.select_related("department").annotate(place=place)

    def extra_context(self) -> dict:
        """What is ranked and how; quarters that may be released."""
        least = rule_for("score.ranking_min")
        return {
            "least": least.value,
            "rules": rule_links(("score.ranking_min", "score.weights", "score.shrinkage", "whistle.hold_rate_alarm")),
            "releasable": releasable_quarters() if self.may("score.release") else [],
        }


class ReleaseQuarter(ActionView):
    """POST /scores/releases/<quarter>/: aggregate a past quarter and open its ratings."""

    permission = "score.release"
    action = "release"

    def run(self, action, note, version):
        """Release; a refusal becomes a message."""
        return quarter_release(quarter=self.kwargs["quarter"], by=self.actor)

    def done_message(self, action) -> str:
        return f"{period_label(self.kwargs['quarter'])}的评价已聚合并开启。"

    def success_url(self, result) -> str:
        return f"{reverse('scorecards')}?period={self.kwargs['quarter']}"

    def back(self) -> str:
        return reverse("scorecards")


class OfScorecard:
    """Finds the card of a department and period that the actor may see; 404 otherwise."""

    def find_card(self) -> Scorecard:
        cards = Scorecard.objects.select_related("department__unit").visible_to(self.actor)
        try:
            return cards.get(department__code=self.kwargs["code"], period=self.kwargs["period"])
        except Scorecard.DoesNotExist:
            raise Http404("没有这张计分卡，或尚未开启。") from None


class ScorecardPage(OfScorecard, DetailPage):
    """/scores/<department>/<period>/: every term of the score opens."""

    permission, icon, badge_field = "score.view", "chart", ""
    template_name = "governance/scoring/score.html"

    def get_object(self):
        """The card in scope."""
        return self.find_card()

    def crumbs(self) -> list:
        return [("部门计分", f"{reverse('scorecards')}?period={self.object.period}"), (str(self.object), "")]

    def facts(self) -> list:
        """Which department, how many, when computed."""
        card = self.object
        return [
            ("部门", card.department, card.department.get_absolute_url()),
            ("条线与层级", f"{card.department.get_kind_display()} · {card.department.get_level_display()}"),
            ("考核期", period_label(card.period)),
            ("状态", "已开启" if is_released(card.period) else "进行中，评价尚未开启"),
            ("位次", f"同条线同层级 {card.rank} / {card.ranked}" if card.rank else "样本不足，不参加排名"),
            ("计分工单", f"{card.tickets} 件"),
            ("计算时间", datetime_cn(card.computed_at)),
        ]

    def extra_context(self) -> dict:
        """The lines, the rules in the versions used, and for a year the annual assessment."""
        card = self.object
        explained = Explained(card)
        lines = explained.lines()
        keys = dict.fromkeys(key for line in lines for key in line.rules)
        used = card.terms["rules"]
        return {
            "lines": lines, "sealed": explained.is_sealed,
            "rules": [row | {"since": used[key]["from"], "shown": value_cn(used[key]["value"], row["unit"])}
                      for key, row in zip(keys, rule_links(keys), strict=True) if key in used],
            "annual": self.annual() if "Q" not in card.period else None,
        }  # fmt: skip

    def annual(self) -> dict:
        """部门年度分 with every term."""
        terms = annual_terms(department=self.object.department, year=int(self.object.period), card=self.object)
        url = ""
        if self.may("assessment.enter"):
            url = reverse("assessment", args=[int(self.object.period), self.object.department.code])
        return terms | {
            "shown": shown(terms["score"]), "own_shown": shown(terms["own"]), "streets_shown": shown(terms["streets"]),
            "enter_url": url, "card_url": link("metric-card", "score.annual"),
            "rule_url": link("policy-rule", terms["rule"].key),
        }  # fmt: skip


class ScoreTicketsPage(OfScorecard, ListPage):
    """/scores/<department>/<period>/tickets/?term=…: the tickets behind one figure, as far as the actor sees them."""

    permission, icon = "score.view", "inbox"
    columns = columns.TICKET_COLUMNS
    empty_title = "您的范围内没有对应的工单"
    empty_text = "涉及单条评价的清单，只列出您可以看到评价的工单。"

    def setup(self, request, *args, **kwargs):
        """Read the terms asked for; unknown ones find nothing."""
        super().setup(request, *args, **kwargs)
        self.terms = [term for term in request.GET.getlist("term") if term in TERMS]

    def filtered(self):
        """No filter form: the address names the terms."""
        self.card = self.find_card()
        rows = term_tickets(
            department=self.card.department, period=self.card.period, terms=self.terms, actor=self.actor
        )  # fmt: skip
        return None, rows.select_related("whistle", "street")

    def head(self) -> dict:
        """Whose and which figure."""
        self.title = "、".join(TERMS[term] for term in self.terms) or "计分工单"
        self.subtitle = str(self.card)
        return super().head()

    def crumbs(self) -> list:
        return [("部门计分", reverse("scorecards")), (str(self.card), self.card.get_absolute_url()), (self.title, "")]

    def export(self, filterset, queryset, ending):
        """The file is named after figure and card."""
        self.head()
        self.export_name = f"{self.title} {self.subtitle}"
        return super().export(filterset, queryset, ending)


def _year(text) -> int:
    """A year with a calendar; 404 otherwise."""
    try:
        return int(quarters_of(f"{text:0>4}")[0][:4])
    except ValueError:
        raise Http404("没有这个年度。") from None


class AssessmentListPage(ListPage):
    """/assessments/<year>/: own score, streets' part and annual score of every department."""

    title, icon = "部门年度考核", "flag"
    permission = "assessment.view"
    template_name = "governance/scoring/assessments.html"
    model, filterset_class, order = Department, AssessmentFilter, "code"

    def setup(self, request, *args, **kwargs):
        """This year without another in the address."""
        super().setup(request, *args, **kwargs)
        self.year = _year(kwargs.get("year", clock.today().year))
        self.title = f"部门年度考核 · {self.year} 年"

    def get_queryset(self):
        """Departments that are assessed, with both parts."""
        entered = AnnualAssessment.objects.filter(department=OuterRef("pk"), year=self.year)
        cards = Scorecard.objects.filter(department=OuterRef("pk"), period=str(self.year))
        rows = Department.objects.active().exclude(level="station").select_related("unit")
        return rows.annotate(
            own_score=Subquery(entered.values("own_score")), street_score=Subquery(cards.values("adjusted"))
        )

    @property
    def columns(self) -> list:
        return columns.assessment_columns(self.year, self.rule.value, self.may("assessment.enter"))

    @property
    def rule(self):
        return rule_for("score.assessment_weight")

    def extra_context(self) -> dict:
        """The formula with its rule, and the years beside this one."""
        return {
            "rules": rule_links(("score.assessment_weight",)), "weight": self.rule.value, "year": self.year,
            "last_year": self.year - 1, "next_year": self.year + 1 if self.year < clock.today().year else None,
            "card_url": link("metric-card", "score.annual"),
        }  # fmt: skip


class AssessmentPage(FormPage):
    """/assessments/<year>/<department>/: enter the department's own score."""

    model, lookup, icon = Department, ("code", "code"), "flag"
    permission = object_permission = "assessment.enter"
    form_class = AssessmentForm
    submit_label, success_message = "保存", "本级业务分已保存。"
    consequence = "保存后与街道评价分合成年度分；更正会留在审计中。"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.year = _year(kwargs["year"])

    def head(self) -> dict:
        return {**super().head(), "title": f"{self.object} {self.year} 年本级业务分"}

    def crumbs(self) -> list:
        return [("部门年度考核", self.list_url()), (f"{self.object}", "")]

    def list_url(self) -> str:
        return reverse("assessments-year", args=[self.year])

    def cancel_url(self) -> str:
        return self.list_url()

    def initial(self) -> dict:
        entered = AnnualAssessment.objects.filter(department=self.object, year=self.year).first()
        return {"own_score": entered.own_score, "note": entered.note} if entered else {}

    def run(self, form):
        return assessment_enter(department=self.object, year=self.year, by=self.actor, **form.facts())

    def success_url(self, result) -> str:
        return self.list_url()
