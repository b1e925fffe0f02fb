"""/funding-report/: execution, risks, the audit pack, the budget form and the final account."""

from urllib.parse import quote

from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.urls import reverse

from funding.ledger.models import Account
from funding.ledger.states import Fund
from governance.kernel import clock
from governance.kernel.errors import DomainError
from governance.kernel.metrics import CARDS, Figure
from governance.kernel.permission import require
from governance.kernel.policy import rule_for
from governance.kernel.ui.exports import Sheet, export_response
from governance.kernel.ui.views import FormPage, Page

from . import budget, columns, execution, risks, sources
from .asking import scope_of
from .forms import PackForm
from .pack.write import pack_write
from .papers import typeset
from .scope import Scope

YEARS = 5


class ScopePage(Page):
    """A page about the scope that its address names; ``self.scope``, 404 outside the actor's own."""

    def query(self, scope: Scope) -> str:
        """The scope as a query string."""
        names = {"year": scope.year, "fund": scope.fund, "unit": "", "street": "", "community": ""}
        if scope.community:
            names["community"] = scope.community.code12
        elif scope.street:
            names["street"] = scope.street.code12
        elif scope.unit:
            names["unit"] = scope.unit.code
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in names.items() if value})
        return query.urlencode()

    def base(self, scope: Scope) -> dict:
        """What both pages show about their scope."""
        this = clock.today().year
        return {
            "scope": scope, "query": self.query(scope), "funds": Fund, "years": range(this, this - YEARS, -1),
            "keep": [(name, self.request.GET[name]) for name in ("unit", "street", "community") if self.request.GET.get(name)],
        }  # fmt: skip

    def sheet(self, scope: Scope, title: str, heads, rows) -> Sheet:
        """One table as a file."""
        return Sheet(f"{scope.label}{title}", heads, rows, [("截至", f"{clock.now():%Y-%m-%d %H:%M}")])


class ReportPage(ScopePage):
    """/funding-report/: paid against entitled and against the year gone; by place and by category."""

    title, icon, permission = "经费报表", "chart", "funding_report.view"
    subtitle = "按代码排列，不排名；每个数字可点开口径卡"
    template_name = "funding/reports/report.html"

    def get(self, request):
        """Draw, or export one table."""
        scope = scope_of(self.actor, request.GET)
        lines = execution.by_place(scope, self.actor)
        panels = {
            "places": ("按单位", columns.PLACE_COLUMNS, lines),
            "codes": ("按经济分类", columns.PART_COLUMNS, execution.by_economic_code(scope, self.actor)),
            "categories": ("按项目类别", columns.PART_COLUMNS, execution.by_category(scope, self.actor)),
        }
        if request.GET.get("export") in panels:
            title, heads, rows = panels[request.GET["export"]]
            return export_response(self.sheet(scope, title, heads, rows), "xlsx")
        whole = execution.total(lines)
        tables = [
            {"key": key, "title": title, "columns": heads, "rows": rows} for key, (title, heads, rows) in panels.items()
        ]
        return self.draw(
            {
                **self.base(scope), "figures": self.figures(scope, whole), "whole": whole, "panels": tables,
                "papers": [(kind, label) for kind, label in budget.KINDS.items()] if scope.fund else [],
                "public": reverse("money", args=[scope.community.code12]) if scope.community else "",
                "may_pack": scope.place and self.may("audit_pack.make", _place(scope)),
            }
        )  # fmt: skip

    def figures(self, scope: Scope, whole: execution.Line) -> list[Figure]:
        """The head's figures, each with its card."""
        return [
            Figure(CARDS["funding.granted"], _wan(whole.granted)), Figure(CARDS["funding.paid"], _wan(whole.paid)),
            execution.execution(whole, scope.year), Figure(CARDS["funding.time"], execution.share_of_year(scope.year)),
            execution.compliance(scope, self.actor), sources.satisfaction(scope, self.actor),
            execution.carry_over(scope, self.actor),
        ]  # fmt: skip


class RiskPage(ScopePage):
    """/funding-report/risks/: what the rules find, line by line with its document."""

    title, icon, permission = "经费风险清单", "alert", "funding_risk.view"
    subtitle = "按规则提示，供核查；不是结论，不按社区（村）汇总、排名"
    template_name = "funding/reports/risks.html"

    def get(self, request):
        """Draw, or export one rule's lines."""
        scope = scope_of(self.actor, request.GET)
        found = risks.findings(scope, self.actor)
        wanted = request.GET.get("export", "")
        if wanted in found:
            title = next(row.title for row in risks.RISKS if row.key == wanted)
            return export_response(self.sheet(scope, title, columns.FINDING_COLUMNS, found[wanted]), "xlsx")
        panels = [
            {
                "risk": row,
                "rows": found[row.key],
                "count": len(found[row.key]),
                "rules": [_rule(key) for key in row.rules],
            }
            for row in sorted(risks.RISKS, key=lambda row: not found[row.key])
        ]
        names = {"panels": panels, "columns": columns.FINDING_COLUMNS, "total": sum(row["count"] for row in panels)}
        return self.draw({**self.base(scope), **names})

    def crumbs(self) -> list:
        """From the report."""
        return [("经费报表", reverse("funding-report")), (self.title, "")]


def _rule(key: str) -> dict:
    """A rule's name and page."""
    return {"title": rule_for(key).title, "url": reverse("policy-rule", args=[key])}


class PaperPage(Page):
    """/funding-report/papers/<kind>/: 预算表 (budget) or 决算表 (final) as PDF."""

    permission = "budget_form.print"

    def get(self, request, kind: str):
        """The PDF; 404 for another kind or without a fund."""
        scope = scope_of(self.actor, request.GET)
        if kind not in budget.KINDS or not scope.fund:
            raise Http404
        answer = HttpResponse(typeset(budget.paper(scope, kind)), content_type="application/pdf")
        name = quote(f"{scope.place or '全市'}{scope.year}年{budget.title_of(scope, kind)}.pdf")
        answer["Content-Disposition"] = f"inline; filename=\"{kind}.pdf\"; filename*=UTF-8''{name}"
        answer["Cache-Control"] = "no-store"
        return answer


def _wan(fen: int) -> str:
    """Fen in ten thousand yuan, as reports write large sums."""
    return f"{fen / 1_000_000:,.2f}"


def _place(scope: Scope):
    """Something with unit, street and community for the matrix's reach."""
    return _Reached(
        scope.unit.pk if scope.unit else None, scope.street.pk if scope.street else None,
        scope.community.pk if scope.community else None,
    )  # fmt: skip


class _Reached:
    """The columns that a reach reads."""

    def __init__(self, unit_id, street_id, community_id):
        self.unit_id, self.street_id, self.community_id = unit_id, street_id, community_id


class PackPage(FormPage):
    """/funding-report/pack/: the audit pack in one click. Who exported what stands in the audit trail."""

    title, icon, permission, form_class = "审计底稿", "archive", "audit_pack.make", PackForm
    subtitle = "账簿、单据、凭证附件和散列清单，一个压缩包"
    submit_label = "导出"
    consequence = "导出会记入审计记录；用 manage.py audit_pack_verify 可随时核对内容有没有被改动。"

    def initial(self) -> dict:
        """What the page one came from was about."""
        return {name: self.request.GET.get(name, "") for name in ("year", "unit", "street", "community", "project")}

    def cancel_url(self) -> str:
        """Back to the report."""
        return reverse("funding-report")

    def crumbs(self) -> list:
        """From the report."""
        return [("经费报表", reverse("funding-report")), (self.title, "")]

    def post(self, request, *args, **kwargs):
        """The pack as a file, or the form with the reason."""
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            scope = self.asked(form.cleaned_data)
            pack = pack_write(scope=scope, by=self.actor, subject=self.subject(scope))
        except DomainError as error:
            if error.status_code == 403:
                raise
            form.errors_from(error)
            return self.show(form, 422)
        name = f"审计底稿-{scope.place or '全市'}-{scope.year}{f'-{scope.project}' if scope.project else ''}.zip"
        answer = FileResponse(pack, as_attachment=True, filename=name, content_type="application/zip")
        answer["Cache-Control"] = "no-store"
        return answer

    def asked(self, data: dict) -> Scope:
        """The scope, within the actor's own (404) and allowed to him (403)."""
        query = QueryDict(mutable=True)
        query.update({"year": str(data["year"]), "community": data["community"]})
        if data["street"] and not data["community"]:
            query["street"] = data["street"]
        elif data["unit"] and not data["community"]:
            query["unit"] = data["unit"].code
        if data["project"]:
            query["community"] = self.home_of(data["project"], data["year"])
        scope = scope_of(self.actor, query)
        require(self.actor, "audit_pack.make", _place(scope))
        return Scope(scope.year, scope.unit, scope.street, scope.community, project=data["project"])

    def home_of(self, project: str, year: int) -> str:
        """The community whose project it is; 404 for one that the actor does not see."""
        accounts = Account.objects.visible_to(self.actor).filter(project=project, year=year, community__isnull=False)
        if code := accounts.values_list("community__code12", flat=True).first():
            return code
        raise Http404

    @staticmethod
    def subject(scope: Scope):
        """What the audit event is about."""
        if scope.place is None:
            return Account.objects.filter(scope.accounts()).order_by("id").first() or Account(pk=0)
        return scope.place
