"""A community fills in its form on a telephone without JavaScript; a department sees live what would be stripped; axe finds nothing."""

import pytest

from grid.collection.models import Fact
from tests_support import collection, demands
from tests_support.collection import MORNING
from tests_support.looks import faults, signed_in
from tests_support.window import window

pytestmark = pytest.mark.django_db


def test_a_form_is_designed_filled_in_and_read(cast, actors):
    collection.feed("RK-001", "RK-003")
    form = collection.send(actors, "RK-001", "RK-003", "ZZ-005", "ZZ-012")
    target = collection.part(form)
    with window(signed_in(cast.community), width=390, script=False, follow=True) as page:
        page.moment = MORNING
        page.goto(target.get_absolute_url())
        page.get_by_role("link", name="去填表").click()
        page.get_by_label("楼长人数").fill("31")
        page.get_by_label("议事协商会议制度").select_option("每季度")
        page.locator(".part-known li", has_text="常住户数").locator("summary").click()
        page.get_by_label("常住户数应为").fill("77")
        page.get_by_role("button", name="按更正提交").click()
        assert page.get_by_text("已提交，谢谢").is_visible()
    assert Fact.objects.current().get(code="RK-003", community=demands.communities()[0]).value == 77
    other = collection.part(form, 1)
    with window(signed_in(cast.sibling_community), width=390) as page:
        page.moment = MORNING
        page.goto(f"/forms/parts/{other.pk}/")
        assert faults(page) == []
    with window(signed_in(cast.dept), width=1440) as page:
        page.moment = MORNING
        page.goto("/forms/new/")
        page.get_by_label("户籍户数").check()
        page.get_by_label("只要部分社区").fill("\n".join(row.code12 for row in demands.communities()))
        page.get_by_label("表名").click()
        page.get_by_text("一项也不用填").wait_for()
        assert faults(page) == []
        for path in (f"/forms/{form.pk}/", "/takings/new/", "/elements/", "/collection/measures/"):
            page.goto(path)
            assert faults(page) == []
        assert page.complaints == []
