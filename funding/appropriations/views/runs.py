"""Runs: list, calculating, one run with its units and rules, beside last year, its steps."""

from datetime import date

from django.urls import reverse

from funding.ledger.models import Journal
from funding.ledger.states import Fund
from governance.kernel.ui.views import ActionView, DetailPage, FormPage, ListPage, ObjectPage

from .. import columns, selectors, services
from ..book import rule_book
from ..filters import RunFilter
from ..forms import RunForm
from ..models import EntitlementRun
from ..rules import RuleProblem, office_bounds
from ..states import RunStatus
from ..workflow import RUN_FLOW

FOLDER = "funding/appropriations/"


def root_crumb() -> tuple[str, str]:
    """The way back to the runs."""
    return "经费核定", reverse("entitlement-runs")


class RunListPage(ListPage):
    """/entitlements/runs/"""

    title, icon, model, permission = "经费核定", "scale", EntitlementRun, "entitlement.run_view"
    subtitle = "按带生效日期的规则测算，另一人批准，下达后记账"
    columns, filterset_class = columns.RUN_COLUMNS, RunFilter
    empty_title, empty_text = "还没有经费核定", "市级可按全市测算，区县可测算本区县；每个金额都有逐项说明。"

    def get_queryset(self):
        """With the unit; the rules are for the detail page."""
        return EntitlementRun.objects.select_related("unit").defer("rules")

    def actions(self) -> list[dict]:
        """Calculate."""
        if not self.may("entitlement.calculate"):
            return []
        return [{"label": "测算", "url": reverse("entitlement-run-new"), "icon": "plus", "primary": True}]


class RunNew(FormPage):
    """/entitlements/runs/new/"""

    title, icon, permission, form_class = "测算经费", "scale", "entitlement.calculate", RunForm
    submit_label, success_message = "测算", "已测算，请核对后提请批准。"
    consequence = "只生成待核对的测算，不动钱；批准须由另一人办理。"

    def form_kwargs(self) -> dict:
        """The actor's units."""
        return {"actor": self.actor}

    def run(self, form):
        """Calculate."""
        return services.run_calculate(by=self.actor, **form.facts())

    def cancel_url(self) -> str:
        """The list."""
        return reverse("entitlement-runs")

    def crumbs(self) -> list:
        """From the list."""
        return [root_crumb(), (self.title, "")]


class RunPage(DetailPage):
    """/entitlements/runs/<pk>/"""

    model, flow, icon = EntitlementRun, RUN_FLOW, "scale"
    template_name = f"{FOLDER}run.html"

    def get_queryset(self):
        """With its unit."""
        return EntitlementRun.objects.select_related("unit")

    def crumbs(self) -> list:
        """From the list."""
        return [root_crumb(), (self.object.number, "")]

    def facts(self) -> list:
        """Who made what of it."""
        run = self.object
        return [
            ("年度", f"{run.year} 年"), ("经费", run.get_fund_display()), ("范围", run.scope), ("类型", run.get_kind_display()),
            ("测算", f"{run.calculated_label}"), ("测算时间", f"{run.calculated_at:%Y-%m-%d}"),
            ("批准", run.approved_label or "—"), ("说明", run.note or "—"),
        ]  # fmt: skip

    def events(self) -> list:
        """What happened to it."""
        return selectors.history(self.object.thread)

    def extra_context(self) -> dict:
        """Sums by unit, the rules cited, the journals."""
        run = self.object
        units = selectors.by_unit(run, self.actor)
        cited = [row | {"url": reverse("policy-rule", args=[row["rule"]])} for row in run.rules]
        documents = {"document_type": "entitlementrun", "document_id": run.pk}
        mine = sum(row["fen"] for row in units)
        return {
            "units": units, "unit_columns": columns.unit_columns(run.fund), "rule_columns": columns.RULE_COLUMNS, "cited": cited,
            "lines_url": f"{reverse('entitlements')}?run={run.pk}", "compare_url": reverse("entitlement-compare", args=[run.pk]),
            "total": columns.shown(run.total_fen), "mine": columns.shown(mine) if mine != run.total_fen else None, "article": article_total(run),
            "journals": list(Journal.objects.visible_to(self.actor).filter(**documents).order_by("id")),
            "may_recalculate": run.status == RunStatus.DRAFT and self.may("entitlement.calculate", run),
        }  # fmt: skip


def article_total(run: EntitlementRun) -> dict | None:
    """What the article's own number of communities would come to by the same rules; villages are not counted there."""
    if run.fund == Fund.VILLAGE or run.unit_id:
        return None
    book, day = rule_book(), date(run.year, 1, 1)
    try:
        count = book.at("funding.article_communities", day).value
        if run.fund == Fund.OFFICE:
            low, high = (columns.shown(fen) for fen in office_bounds(count, run.year, book))
            return {"count": count, "value": f"{low['value']}–{high['value']}", "unit": high["unit"]}
        each = book.at("funding.service.community_yuan", day).value
    except RuleProblem:
        return None
    return {"count": count, **columns.shown(count * each * 100)}


class ComparePage(ObjectPage):
    """/entitlements/runs/<pk>/compare/: beside everything granted for the year before."""

    model, icon = EntitlementRun, "scale"
    template_name = f"{FOLDER}compare.html"

    def get_queryset(self):
        """With its unit."""
        return EntitlementRun.objects.select_related("unit")

    def head(self) -> dict:
        """Which years."""
        run = self.object
        return super().head() | {"title": "与上年比较", "subtitle": f"{run.number} · {run.year} 年与 {run.year - 1} 年"}

    def crumbs(self) -> list:
        """From the run."""
        return [root_crumb(), (self.object.number, self.object.get_absolute_url()), ("与上年比较", "")]

    def get(self, request, *args, **kwargs):
        """Draw it."""
        return self.draw()

    def extra_context(self) -> dict:
        """Units, and the communities that changed; nothing where there is no last year."""
        units = selectors.compare_units(self.object, self.actor)
        compared = any(row.last_count for row in units)
        return {
            "units": units if compared else [], "unit_columns": columns.COMPARE_COLUMNS, "compared": compared,
            "places": selectors.compare_places(self.object, self.actor) if compared else [],
            "place_columns": columns.CHANGED_COLUMNS,
        }  # fmt: skip


class RunAction(ActionView):
    """/entitlements/runs/<pk>/actions/<action>/"""

    model, flow = EntitlementRun, RUN_FLOW
    messages_by_action = {"appropriate": "已下达并记账。", "approve": "已批准，可以下达。", "submit": "已提请批准。"}

    def get_queryset(self):
        """With its unit."""
        return EntitlementRun.objects.select_related("unit")

    def run(self, action, note, version):
        """The step with what belongs to it."""
        return services.run_step(run=self.object, action=action, by=self.actor, note=note, version=version)


class RunRecalculate(ActionView):
    """/entitlements/runs/<pk>/actions/recalculate/"""

    model, action = EntitlementRun, "recalculate"
    messages_by_action = {"recalculate": "已按现行规则重新测算。"}

    def run(self, action, note, version):
        """Calculate anew."""
        return services.run_recalculate(run=self.object, by=self.actor)
