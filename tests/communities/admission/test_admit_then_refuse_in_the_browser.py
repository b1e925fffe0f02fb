"""The gate from end to end in a browser: apply, two communities comment, the district approves, the item is in force, a demand
is seen by the community, another department's unlisted one is refused, an over-frequent one is refused in one click, taken back.
"""

from datetime import date, timedelta

import pytest
from django.test import Client

from communities.admission.models import AdmissionApplication, BlockedDemand, Demand, DemandTarget, Refusal
from communities.disclosure.selectors import white_paper
from governance.accounts import demo
from governance.accounts.roles import Role
from governance.kernel import clock
from tests_support import demands, stories
from tests_support.applications import content
from tests_support.demands import MORNING
from tests_support.window import window

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(180)]
NAME = "协助社区充电桩布点意见征集"


@pytest.fixture
def sees(db):
    """``sees(user, path, do, at)``: somebody opens a page at a moment, without JavaScript, and does something there."""
    client = Client()
    with window(client, script=False, follow=True) as page:

        def one(user, path: str, do, at, *, width: int = 1440):
            client.force_login(user)
            page.set_viewport_size({"width": width, "height": 900})
            page.moment = at
            page.goto(path)
            do(page)
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path

        yield one
        assert not page.complaints


def fill(page, **values) -> None:
    """Type into fields by name."""
    for name, value in values.items():
        field = page.locator(f"[name={name}]").first
        field.select_option(value) if field.evaluate("it => it.tagName") == "SELECT" else field.fill(str(value))


def press(page, label: str, note: str = "") -> None:
    """One of the buttons under “what I can do now”."""
    panel = page.locator("details", has=page.locator("summary", has_text=label)).first
    panel.locator("summary").click()
    if note:
        panel.locator("textarea").fill(note)
    panel.get_by_role("button", name=f"确认{label}").click()


def admit(cast, actors, sees) -> AdmissionApplication:
    """From the department's first draft to an item in force."""
    from communities.admission.catalogues.loading import catalogues_load

    catalogues_load()
    with clock.travel(MORNING):
        facts = content(name=NAME, times_a_year=1)
    typed = {name: value for name, value in facts.items() if name not in ("funded_fen", "place")}

    def write(page):
        fill(page, **{**typed, "name": NAME, "funded_yuan": "1", "start_on": facts["start_on"].isoformat()})
        page.get_by_role("button", name="保存草稿").click()
        assert page.get_by_text("缺口超过").first.is_visible()  # 费随事转: one yuan is not enough

    sees(cast.dept, "/applications/new/", write, MORNING)
    row = AdmissionApplication.objects.get(name=NAME)

    def mend(page):
        assert page.locator("[name=necessity]").input_value() == facts["necessity"]  # nothing was lost
        fill(page, funded_yuan=facts["funded_fen"] // 100)
        page.get_by_role("button", name="保存", exact=True).click()

    sees(cast.dept, f"/applications/{row.pk}/edit/", mend, MORNING)
    sees(cast.dept, f"/applications/{row.pk}/", lambda page: press(page, "提交"), MORNING)
    sees(cast.social, f"/applications/{row.pk}/", lambda page: press(page, "审查通过"), MORNING + timedelta(days=1))
    _two_communities_comment(row, sees, MORNING + timedelta(days=2))
    later = MORNING + timedelta(days=14)

    def publish(page):
        page.get_by_label("财政局").check()
        page.get_by_label("司法局").check()
        fill(page, minutes_text="依据充分，耗时适当，同意准入。")
        page.locator("main form button[type=submit]").last.click()

    sees(cast.social, f"/applications/{row.pk}/", lambda page: press(page, "进入评审"), later)
    sees(cast.social, f"/applications/{row.pk}/publish/", publish, later)
    sees(cast.social, f"/applications/{row.pk}/", lambda page: press(page, "批准印发"), later + timedelta(days=10))
    row.refresh_from_db()
    assert row.status == "in_force"
    return row


def _two_communities_comment(row: AdmissionApplication, sees, at) -> None:
    def say(page):
        page.get_by_label("同意", exact=True).check()
        fill(page, words="可以，请不要再重复要表。")
        page.locator("main form button[type=submit]").last.click()

    asked = row.opinions.exclude(community=None).select_related("community__street", "unit")
    assert asked.count() >= 3
    for number, opinion in enumerate(asked[:2]):
        place = opinion.community
        user = demo.person_add(
            username=f"asked{number}", name=f"asked{number}", password="!", role=Role.COMMUNITY, unit=place.unit,
            street=place.street, community=place,
        )  # fmt: skip
        sees(user, f"/applications/{row.pk}/opinion/", say, at, width=390)
    assert row.opinions.filter(stand="agree").count() == 2


def write_demand(item, title: str, due: date):
    """A department asks the home street's communities for something."""

    def do(page):
        fill(page, title=title, content="请按清单协助。", due_on=due.isoformat())
        page.get_by_label(stories.street().name, exact=True).check()
        if item:
            fill(page, item=str(item.pk), funded_yuan=1_000_000, fund_number="ZB-2027-001")
        page.locator("button[value=send]").click()

    return do


def test_from_application_to_refusal(cast, actors, sees):
    row = admit(cast, actors, sees)
    item = row.item
    begin = MORNING.replace(year=item.valid_from.year, month=item.valid_from.month, day=item.valid_from.day)
    while not clock.is_workday(begin.date()):
        begin += timedelta(days=1)
    due = begin.date() + timedelta(days=20)

    sees(cast.dept, "/demands/new/", write_demand(item, "充电桩布点意见", due), begin)
    assert Demand.objects.get().item == item
    home = demands.communities(1)[0]
    first = DemandTarget.objects.get(community=home)

    def finish(page):
        page.get_by_role("link", name="充电桩布点意见").click()
        fill(page, result="已收集")
        page.get_by_role("button", name="完成", exact=True).click()

    sees(cast.community, "/desk/", finish, begin + timedelta(hours=1), width=390)
    first.refresh_from_db()
    assert first.status == "done"

    def unlisted(page):
        write_demand(None, "清单外的入户台账", due)(page)
        assert page.get_by_text("没有准入号，不能向社区下达").first.is_visible()
        assert page.locator("[name=title]").input_value() == "清单外的入户台账"

    sees(cast.other_dept, "/demands/new/", unlisted, begin)
    assert Demand.objects.count() == 1
    assert BlockedDemand.objects.get().title == "清单外的入户台账"

    sees(cast.dept, "/demands/new/", write_demand(item, "再征集一次", due), begin + timedelta(hours=2))

    def refuse(page):
        page.get_by_role("link", name="再征集一次").click()
        assert page.locator("[name=reason]").input_value() == "over_frequency"
        page.get_by_role("button", name="依规拒收").click()

    sees(cast.community, "/desk/", refuse, begin + timedelta(hours=3), width=390)
    refusal = Refusal.objects.get()

    def answer(page):
        page.get_by_role("link", name="再征集一次").click()
        assert home.name not in page.content()
        press(page, "撤回要求")

    sees(cast.dept, "/desk/", answer, begin + timedelta(hours=4))
    refusal.refresh_from_db()
    assert (refusal.status, refusal.target.status) == ("withdrawn", "released")
    with clock.travel(begin):
        figures = {line.key: line.value for line in white_paper(begin.year).lines}
    assert (figures["paper.blocked"], figures["paper.refused"], figures["paper.upheld"]) == (1, 1, 1)
