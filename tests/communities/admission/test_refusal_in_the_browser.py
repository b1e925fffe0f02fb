"""The story on a telephone without JavaScript: a demand arrives on the desk, is refused in one click, the department withdraws."""

import pytest

from communities.admission.models import Demand, Refusal
from governance.kernel import clock
from tests_support import demands, stories
from tests_support.demands import MORNING
from tests_support.looks import shoot, signed_in
from tests_support.window import window

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _office_hours():
    with clock.travel(MORNING):
        yield


def test_sent_refused_withdrawn(cast, actors):
    item = demands.item(frequency_cap=1)
    demands.send(actors, items=item)
    with window(signed_in(cast.dept), width=1440, script=False, follow=True) as page:
        page.goto("/demands/new/")
        page.locator("[name=item]").select_option(value=str(item.pk))
        page.locator("[name=title]").fill("冬季清雪再摸底")
        page.locator("[name=content]").fill("请反馈辖区清雪力量。")
        page.locator("[name=due_on]").fill("2026-12-10")
        page.get_by_label(stories.street().name, exact=True).check()
        page.get_by_role("button", name="先看代价").click()
        assert page.get_by_text("已达到频次上限，可以依规拒收").is_visible()
        shoot(page, "demand-new")
        page.get_by_role("button", name="下达", exact=True).click()
        assert page.get_by_text("进度（按街道）").is_visible()
        shoot(page, "demand")
        page.goto("/demands/")
        shoot(page, "demands")
    assert Demand.objects.count() == 2
    with window(signed_in(cast.community), width=390, script=False, follow=True) as page:
        page.goto("/desk/")
        shoot(page, "community-desk")
        page.get_by_role("link", name="冬季清雪再摸底").click()
        assert page.locator("[name=reason]").input_value() == "over_frequency"
        shoot(page, "target")
        page.get_by_role("button", name="依规拒收").click()
        assert page.get_by_text("已依规拒收").is_visible()
        shoot(page, "target-refused")
        page.goto("/burden/weeks/")
        shoot(page, "weeks")
        assert not page.complaints
    refusal = Refusal.objects.get()
    with window(signed_in(cast.dept), width=1440, script=False, follow=True) as page:
        page.goto("/desk/")
        page.get_by_role("link", name="冬季清雪再摸底").click()
        assert demands.communities(1)[0].name not in page.content()
        shoot(page, "refusal")
        page.locator("summary", has_text="撤回要求").click()
        page.get_by_role("button", name="确认撤回要求").click()
        page.goto("/refusals/")
        shoot(page, "refusals")
        page.goto("/burden/")
        shoot(page, "burden")
        assert not page.complaints
    refusal.refresh_from_db()
    assert (refusal.status, refusal.target.status) == ("withdrawn", "released")
    for name, path in {
        "refusal": f"/refusals/{refusal.pk}/",
        "demand": f"/demands/{refusal.demand_id}/",
        "burden": "/burden/",
        "demand-new": "/demands/new/",
        "demands": "/demands/",
    }.items():
        with window(signed_in(cast.dept), width=390, script=False, follow=True) as page:
            page.goto(path)
            shoot(page, f"{name}-390")
