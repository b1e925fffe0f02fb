"""The community publishes with one confirmation; a resident, without login, without JavaScript, on a telephone, reads, follows a yuan, asks."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def quarter(portal, django_db_blocker) -> str:
    """Money of the first community of the demo street, a payment in the last quarter, its disclosure due. Returns the code."""
    from funding.disclosure.periods import quarter_before, quarter_of
    from funding.disclosure.services import disclosures_open
    from funding.ledger.services import account_for, journal_post, move
    from funding.ledger.states import AccountKind, Fund, JournalKind
    from governance.accounts.demo import STREET
    from governance.kernel import clock
    from governance.kernel.actor import SYSTEM
    from governance.territory.models import Division

    span = quarter_before(quarter_of(timezone.localdate()))
    with django_db_blocker.unblock(), portal.database():
        place = Division.objects.communities().filter(street__code12=STREET).order_by("code12").first()

        def account(kind, **more):
            return account_for(kind=kind, fund=Fund.OFFICE, year=span.start.year, community=place, **more)

        source = account_for(kind=AccountKind.SOURCE, fund=Fund.OFFICE, year=span.start.year)
        code = {"economic_code": "30202"}
        for kind, frm, to, fen in (
            (JournalKind.BUDGET, source, account(AccountKind.AVAILABLE), 55_000_00),
            (JournalKind.RESERVE, account(AccountKind.AVAILABLE), account(AccountKind.RESERVED, **code), 1_234_56),
            (JournalKind.PAY, account(AccountKind.RESERVED, **code), account(AccountKind.PAID, **code), 1_234_56),
        ):
            journal_post(
                by=SYSTEM,
                kind=kind,
                memo="公示栏印刷",
                legs=move(frm, to, fen),
                key=f"browser:{kind}",
                day=_within(span),
            )
        with clock.travel(timezone.make_aware(datetime.combine(span.end + timedelta(days=1), datetime.min.time()))):
            disclosures_open()
    return place.code12


def _within(span) -> date:
    """A day in the middle of the quarter."""
    return span.start + timedelta(days=40)


def test_published_read_followed_and_asked(screen, chromium, portal, quarter):
    page = screen("sq.shuji").page
    page.goto("/disclosures/?status=due")
    if not page.locator("a.row-link").count():  # the sweep was there first and the days are over
        page.goto("/disclosures/?status=overdue")
    page.locator("a.row-link").first.click()
    expect(page.get_by_text("1,234.56").first).to_be_visible()
    page.locator("summary", has_text="公布").click()
    page.get_by_role("button", name="确认公布").click()
    expect(page.get_by_text("已公布，居民现在就能看到。")).to_be_visible()

    context = chromium.new_context(viewport=PHONE, locale="zh-CN", base_url=portal.url, java_script_enabled=False)
    reader = context.new_page()
    reader.goto("/money/")
    reader.get_by_role("searchbox").fill("青泥洼桥")
    reader.get_by_role("button", name="查找").click()
    reader.locator(f"a[href='/money/{quarter}/']").click()
    expect(reader.get_by_text("历次公布")).to_be_visible()
    reader.locator("#payments a", has_text="1,234.56").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("来路")
    expect(reader.get_by_text("预算安排")).to_be_visible()
    reader.goto(f"/money/{quarter}/")
    reader.get_by_role("link", name="提问").first.click()
    reader.get_by_label(re.compile("^您的问题")).fill("公示栏印了多少份？")
    reader.get_by_role("button", name="提交问题").click()
    expect(reader.get_by_text("已收到您的问题")).to_be_visible()
    context.close()
