"""One project in a browser, from the residents' idea to the final account that everybody reads: the community, the street, the unit's
finance and the public; every yuan of its payment is followed from the city to the payee.
"""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from funding.ledger.services import account_for, journal_post, move
from funding.ledger.states import AccountKind, Fund, JournalKind
from funding.projects.models import PaymentRequest, Project
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from tests_support.demands import MORNING
from tests_support.window import window

from .conftest import balances

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(180)]
BILL = {"name": "发票.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 the bill of the stair lights"}
LIST = {"name": "到会名单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 who was there"}
PAYEE = "亮堂照明工程有限公司"


@pytest.fixture
def granted(place):
    """200,000 yuan that have come from the city through the unit and the bank to the community."""
    with clock.travel(MORNING - timedelta(days=30)):
        year = clock.today().year

        def account(kind, **where):
            return account_for(kind=kind, fund=Fund.SERVICE_MASS, year=year, **where)

        stations = [
            account(AccountKind.SOURCE), account(AccountKind.AVAILABLE), account(AccountKind.AVAILABLE, unit=place.unit),
            account(AccountKind.TRANSIT, community=place), account(AccountKind.AVAILABLE, community=place),
        ]  # fmt: skip
        kinds = (JournalKind.BUDGET, JournalKind.APPROPRIATE, JournalKind.DISBURSE, JournalKind.ARRIVE)
        for kind, frm, to in zip(kinds, stations, stations[1:], strict=False):
            legs = move(frm, to, 200_000_00)
            journal_post(by=SYSTEM, kind=kind, memo="服务群众专项经费", legs=legs, key=f"browser:{kind}")


class Window:
    """Who is at the screen on which day; each page fits the window and respects the CSP."""

    def __init__(self, page, client, cast):
        self.page, self.client, self.cast, self.moment = page, client, cast, MORNING

    def opens(self, who: str, path: str, *, width: int = 1440, days: int = 0) -> None:
        """Somebody of the cast ("" is the public) opens a page, some days later."""
        self.moment += timedelta(days=days)
        self.client.logout()
        if who:
            self.client.force_login(getattr(self.cast, who))
        self.page.moment = self.moment
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(path)
        self.fits()

    def fits(self) -> None:
        """No sideways scrolling, once styles and all have come."""
        self.page.wait_for_load_state()
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, self.page.url

    def send(self, **values) -> None:
        """Fill in the form of the page and send it."""
        for name, value in values.items():
            field = self.page.locator(f"[name={name}]").first
            if isinstance(value, dict):
                field.set_input_files(value)
            elif field.evaluate("it => it.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(str(value))
        self.page.locator("main form button.btn-primary").last.click()
        self.fits()

    def press(self, label: str, note: str = "") -> None:
        """One of the buttons under “what I can do now”."""
        panel = self.page.locator("details", has=self.page.locator("summary", has_text=label)).first
        panel.locator("summary").click()
        if note:
            panel.locator("textarea").fill(note)
        panel.get_by_role("button", name=f"确认{label}").click()

    def reads(self, *words: str) -> None:
        """The page says so."""
        text = self.page.inner_text("main")
        for word in words:
            assert word in text, f"{word!r} not in {text}"

    def accessible(self) -> None:
        """Axe minds nothing."""
        assert [row["id"] for row in Axe().run(self.page).response["violations"]] == []


@pytest.fixture
def at_screen(db, cast):
    """The window."""
    client = Client()
    with window(client, follow=True) as page:
        yield Window(page, client, cast)
        assert not page.complaints


def decide(at_screen) -> Project:
    """The idea, the four meetings, the publication."""
    at_screen.opens("community", "/projects/new/", width=390)
    at_screen.send(
        title="三号楼楼道照明改造", category="safety", idea_from="三号楼 12 户居民联名", purpose="老人夜间上下楼看不清，想装声控灯。",
        code1="30227", words1="灯具安装施工", fen1="42000",
    )  # fmt: skip
    row = Project.objects.get()
    votes = {
        "eligible": 30,
        "present": 24,
        "agree": 22,
        "against": 1,
        "abstain": 1,
        "people": "书记、委员、居民代表共 24 人",
        "minutes": "大家同意。",
        "files": LIST,
    }
    at_screen.opens("community", f"/projects/{row.pk}/meetings/propose/", days=1)
    at_screen.send(**{**votes, "present": 15, "agree": 15, "against": 0, "abstain": 0})
    at_screen.reads("须有超过半数的人到会")  # fifteen of thirty are not more than half
    at_screen.send(**votes)
    for step in ("consult", "deliberate", "resolve"):
        at_screen.opens("community", f"/projects/{row.pk}/meetings/{step}/", days=1, width=390)
        at_screen.send(**votes)
    at_screen.opens("community", f"/projects/{row.pk}/notice/", days=1)
    at_screen.send(to_on=(at_screen.moment + timedelta(days=6)).date(), place="社区公告栏")
    at_screen.reads("公示不少于 7 天")
    at_screen.send(to_on=(at_screen.moment + timedelta(days=7)).date(), place="社区公告栏、三号楼门厅")
    at_screen.opens("community", f"/projects/{row.pk}/", days=3)
    at_screen.reads("期满后再办")
    return row


def approve(at_screen, row: Project) -> None:
    """The street reviews, the unit files; only then is there money."""
    at_screen.opens("community", f"/projects/{row.pk}/", days=4)
    at_screen.press("报街道审核")
    at_screen.opens("leader", "/desk/", days=1)
    at_screen.page.get_by_role("link", name=row.title).first.click()
    at_screen.press("审核通过")
    at_screen.opens("finance", "/desk/", days=1)
    at_screen.page.get_by_role("link", name=row.title).first.click()
    at_screen.accessible()
    at_screen.press("备案并下达额度")
    assert balances(row.community).project == 42_000_00


def spend(at_screen, row: Project) -> PaymentRequest:
    """A payee, a request, the street's approval, the bank's answer."""
    at_screen.opens("community", "/suppliers/new/", days=1)
    at_screen.send(name=PAYEE, bank="示例银行", account="0000123456789012")
    at_screen.opens("community", f"/projects/{row.pk}/pay/")
    facts = {"economic_code": "30227", "amount_fen": "40000", "purpose": "灯具安装工程款"}
    at_screen.page.locator("[name=supplier]").select_option(label=PAYEE)
    at_screen.send(**facts, files=BILL)
    payment = PaymentRequest.objects.get()
    at_screen.opens("community", f"/payments/{payment.pk}/")
    at_screen.press("报街道审批")
    at_screen.reads("须有 3 家比价或集体决策说明")
    at_screen.opens("community", f"/payments/{payment.pk}/edit/", width=390)
    at_screen.send(collective="两委会比较四家报价后集体决定。")
    at_screen.opens("community", f"/payments/{payment.pk}/")
    at_screen.press("报街道审批")
    at_screen.opens("leader", f"/payments/{payment.pk}/", days=1)
    at_screen.accessible()
    at_screen.press("批准")
    assert balances(row.community).reserved == 40_000_00
    at_screen.opens("finance", f"/payments/{payment.pk}/", days=1)
    at_screen.press("确认已付")
    assert balances(row.community).paid == 40_000_00
    return payment


def close(at_screen, row: Project) -> None:
    """Residents accept, the account hangs out, the rest goes back, the file is closed."""
    at_screen.opens("community", f"/projects/{row.pk}/acceptance/", days=10, width=390)
    at_screen.send(people="张某等 5 名居民代表", asked=12, satisfied=11, passed="yes", words="灯都亮了。", files=LIST)
    at_screen.opens("community", f"/projects/{row.pk}/notice/", days=1)
    at_screen.send(to_on=(at_screen.moment + timedelta(days=7)).date(), place="社区公告栏")
    assert balances(row.community).available == 160_000_00
    at_screen.opens("community", f"/projects/{row.pk}/", days=7)
    at_screen.press("归档")
    row.refresh_from_db()
    assert row.status == "archived"


def final_account(at_screen, row: Project) -> None:
    """Whoever comes reads the whole account and follows the payment from the city to the payee; no name, no minutes."""
    at_screen.page.get_by_role("link", name=row.title).first.click()
    at_screen.fits()
    assert at_screen.page.url.endswith(f"/projects/{row.number}/")
    for width in (390, 1440):
        at_screen.page.set_viewport_size({"width": width, "height": 900})
        at_screen.fits()
    at_screen.reads(
        "决算", "42,000.00", "40,000.00", "2,000.00", "结余收回社区", "居民（村民）会议决议", "应到 30，实到 24，同意 22",
        "决议公开", "实施结果公开", "12 人评议，11 人满意", PAYEE,
    )  # fmt: skip
    text = at_screen.page.inner_text("main")
    assert "大家同意" not in text  # minutes
    assert "张某" not in text
    at_screen.accessible()
    at_screen.page.locator("#payments a", has_text="40,000.00").first.click()
    at_screen.fits()
    at_screen.reads("预算安排", "市级", str(row.unit.short_name), row.community.name, row.number, PAYEE)
    assert at_screen.page.locator(".timeline-item").count() == 7  # the same way that the ledger shows
    at_screen.accessible()


def test_from_idea_to_final_account(at_screen, granted, place):
    row = decide(at_screen)
    approve(at_screen, row)
    payment = spend(at_screen, row)
    close(at_screen, row)
    at_screen.opens("finance", f"/payments/{payment.pk}/")
    at_screen.page.get_by_role("link", name="每一元的来路").click()
    at_screen.reads("预算安排", str(place.unit.short_name), place.name, "40,000.00", row.number, payment.number, PAYEE)
    assert (
        at_screen.page.locator(".timeline-item").count() == 7
    )  # budget, unit, bank, community, project, reserved, paid
    for width in (1440, 390):
        at_screen.opens("", f"/money/{place.code12}/", width=width)
        at_screen.reads(row.title, "已归档", "通过，12 人评议、11 人满意", "40,000.00", PAYEE)
    at_screen.accessible()
    final_account(at_screen, row)
    at_screen.opens("outsider", f"/projects/{row.pk}/")
    assert row.title not in at_screen.page.content()
