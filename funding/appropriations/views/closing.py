"""Year end: look first, then carry over and give back."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse

from funding.ledger.money import yuan
from funding.ledger.states import Fund
from governance.kernel import clock
from governance.kernel.errors import DomainError, Forbidden
from governance.kernel.metrics import CARDS
from governance.kernel.ui.forms import new_form_key
from governance.kernel.ui.pages import Once
from governance.kernel.ui.views import Page

from .. import columns, services
from ..models import YearClosing
from .places import years_of

SHOWN = 200


class ClosePage(Once, Page):
    """/entitlements/year-close/?year=&fund=: a preview; the button posts exactly what stands here now."""

    title, icon, permission = "年末结转收回", "archive", "year_close.apply"
    subtitle = "结转不超过年度核定额的规定比例，次年优先使用；其余收回财政"
    template_name = "funding/appropriations/year_close.html"

    def chosen(self) -> tuple[int, str]:
        """Year and fund of the address or the form."""
        sent = self.request.POST or self.request.GET
        year, fund = sent.get("year", ""), sent.get("fund", "")
        fits = year.isascii() and year.isdigit() and 2020 <= int(year[:4]) <= 2100
        return (int(year[:4]) if fits else clock.today().year), fund if fund in Fund.values else Fund.SERVICE_MASS

    def get(self, request, *args, **kwargs):
        """The preview."""
        return self.draw()

    def post(self, request, *args, **kwargs):
        """Do it, once."""
        year, fund = self.chosen()
        back = f"{reverse('year-close')}?year={year}&fund={fund}"
        try:
            self.once(request.POST.get("form_key", ""), lambda: self.apply(year, fund) or back)
        except Forbidden:
            raise
        except DomainError as error:
            messages.warning(request, str(error))
        return HttpResponseRedirect(back)

    def apply(self, year: int, fund: str) -> None:
        """Close and say so."""
        closing = services.year_close(by=self.actor, year=year, fund=fund)
        if closing is None:
            messages.info(self.request, "没有可以结转或收回的余额。")
        else:
            messages.success(
                self.request, f"已结转 {yuan(closing.carried_fen)} 元，收回 {yuan(closing.lapsed_fen)} 元。"
            )

    def extra_context(self) -> dict:
        """What would happen, and what has."""
        year, fund = self.chosen()
        plans = services.year_close_preview(year=year, fund=fund)
        return {
            "year": year, "fund": fund, "funds": [{"key": one.value, "label": one.label, "url": f"?year={year}&fund={one.value}"} for one in Fund],
            "years": years_of(clock.today().year, f"&fund={fund}"),
            "rows": plans[:SHOWN], "more": max(len(plans) - SHOWN, 0), "row_columns": columns.CLOSE_COLUMNS,
            "figures": [
                {"card": CARDS["grant.carried"], **columns.shown(sum(plan.carry for plan in plans))},
                {"card": CARDS["grant.lapsed"], **columns.shown(sum(plan.lapse for plan in plans))},
            ],
            "waiting": sum(1 for plan in plans if plan.waits), "done": list(YearClosing.objects.visible_to(self.actor).filter(year=year)),
            "today": clock.today(), "opens": services.closing_opens(year), "form_key": new_form_key(),
            "has_plans": any(plan.carry or plan.lapse for plan in plans),
        }  # fmt: skip
