"""What single communities are entitled to, why, and what they have received; their accounts."""

from django.urls import reverse

from funding.ledger.models import Account
from funding.ledger.states import AccountKind
from governance.kernel import clock
from governance.kernel.metrics import CARDS
from governance.kernel.permission import require
from governance.kernel.ui.views import DetailPage, FormPage, ListPage, ObjectPage
from governance.territory.models import Division

from .. import columns, selectors, services
from ..filters import LineFilter
from ..forms import PayeeForm
from ..models import DisbursementLine, EntitlementLine, PayeeAccount

FOLDER = "funding/appropriations/"


class LineListPage(ListPage):
    """/entitlements/"""

    title, icon, model, permission = "应得经费", "coin", EntitlementLine, "entitlement.view"
    subtitle = "每个社区（村）每年应得多少、依据哪条规则；社区不用填报"
    columns, filterset_class, order = columns.LINE_COLUMNS, LineFilter, "community__code12"
    empty_title, empty_text = "还没有核定的经费", "批准后的核定会列在这里。"

    def get_queryset(self):
        """With what the columns show."""
        return EntitlementLine.objects.select_related("community", "street", "unit", "run").defer("basis", "run__rules")


class LinePage(DetailPage):
    """/entitlements/<pk>/: the explanation, line by line."""

    model, icon, badge_field = EntitlementLine, "coin", ""
    template_name = f"{FOLDER}line.html"

    def get_queryset(self):
        """With its run and places."""
        return EntitlementLine.objects.select_related("community", "street", "unit", "run__unit")

    def crumbs(self) -> list:
        """From the list."""
        return [("应得经费", reverse("entitlements")), (str(self.object.community), "")]

    def facts(self) -> list:
        """What it was calculated from."""
        row = self.object
        run = (row.run.number, row.run.get_absolute_url()) if self.may("entitlement.run_view") else (row.run.number,)
        return [
            ("社区（村）", row.community, reverse("funding-place", args=[row.community.code12])), ("街道（乡镇）", row.street),
            ("区县", row.unit), ("规模", row.size_label), ("户数", row.households if row.households is not None else "未登记"),
            ("人口", row.population if row.population is not None else "未登记"), ("计发月数", f"{row.months} 个月"),
            ("核定", *run), ("核定状态", row.run.get_status_display()),
        ]  # fmt: skip

    def extra_context(self) -> dict:
        """The reasons with their rules."""
        row = self.object
        links = [
            reason | {"url": reverse("policy-rule", args=[reason["rule"]]) if reason["rule"] else ""}
            for reason in row.basis
        ]
        return {
            "reasons": links,
            "full": columns.shown(row.full_fen),
            "given": columns.shown(row.given_fen),
            "amount": columns.shown(row.amount_fen),
        }


def years_of(year: int, query: str = "") -> list[dict]:
    """Tabs of this year and the two before."""
    return [{"key": str(one), "label": f"{one} 年", "url": f"?year={one}{query}"} for one in range(year, year - 3, -1)]


class _OfPlace(ObjectPage):
    """A page about one community; whoever has no business with its money does not find it (404)."""

    model, lookup, icon = Division, ("code12", "code12"), "coin"

    def get_queryset(self):
        """Communities with their parents."""
        return Division.objects.communities().select_related("street", "unit")

    def get_object(self):
        """Visible to those whose post reaches it."""
        place = super().get_object()
        place.community_id = place.pk
        if not self.may("entitlement.view", place):
            from django.http import Http404

            raise Http404("没有这个对象，或不在您的范围内。")
        return place


class PlacePage(_OfPlace):
    """/entitlements/places/<code12>/: entitled, received, on its way, waiting and why."""

    template_name = f"{FOLDER}place.html"

    def year(self) -> int:
        """The year of ``?year=``, else this one."""
        sent = self.request.GET.get("year", "")
        return int(sent) if sent.isascii() and sent.isdigit() and 2000 <= int(sent[:4]) <= 2100 else clock.today().year

    def head(self) -> dict:
        """Whose money."""
        return super().head() | {
            "title": f"{self.object} 经费",
            "subtitle": f"{self.object.unit} · {self.object.street}",
        }

    def crumbs(self) -> list:
        """From the list."""
        return [("应得经费", reverse("entitlements")), (str(self.object), "")]

    def get(self, request, *args, **kwargs):
        """Draw it."""
        return self.draw()

    def extra_context(self) -> dict:
        """Funds, payments, accounts of the ledger."""
        place, year = self.object, self.year()
        funds = selectors.place_funds(place, year)
        lines = DisbursementLine.objects.visible_to(self.actor).filter(community=place, year=year)
        grants = EntitlementLine.objects.visible_to(self.actor).filter(community=place, year=year)
        accounts = Account.objects.filter(community=place, year=year, kind=AccountKind.AVAILABLE)
        return {
            "year": str(year), "tabs": years_of(clock.today().year), "funds": funds,
            "fund_columns": columns.PLACE_COLUMNS, "figures": self.figures(funds),
            "grants": list(grants.select_related("run", "community").defer("basis").order_by("fund", "id")),
            "lines": list(lines.select_related("batch", "community").order_by("-id")[:60]),
            "accounts": list(accounts.select_related("unit", "community").order_by("fund")),
            "payee": PayeeAccount.objects.filter(community=place, is_current=True).first(),
            "may_payee": self.may("payee.set", place),
        }  # fmt: skip

    def figures(self, funds: list) -> list[dict]:
        """The sums over all funds, each with its card."""
        names = ("granted", "arrived", "transit", "waiting", "available")
        return [
            {"card": CARDS[f"grant.{name}"], **columns.shown(sum(getattr(row, name) for row in funds)),
             "url": reverse("metric-card", args=[f"grant.{name}"])}
            for name in names
        ]  # fmt: skip


class PayeeSet(_OfPlace, FormPage):
    """/entitlements/places/<code12>/account/"""

    title, form_class = "登记收款账户", PayeeForm
    submit_label, success_message = "保存", "收款账户已登记。"
    consequence = "以后的批次付到这个账户；已编制的批次不变。每次登记和下载拨付文件都有审计记录。"

    def check_permission(self) -> None:
        """404 outside one's scope, 403 for readers."""
        super().check_permission()
        require(self.actor, "payee.set", self.object)

    def run(self, form):
        """Keep it."""
        return services.payee_set(by=self.actor, community=self.object, **form.facts())

    def success_url(self, result) -> str:
        """Back to the community."""
        return reverse("funding-place", args=[self.object.code12])

    def cancel_url(self) -> str:
        """The same."""
        return self.success_url(None)

    def crumbs(self) -> list:
        """From the community."""
        return [("应得经费", reverse("entitlements")), (str(self.object), self.success_url(None)), (self.title, "")]
