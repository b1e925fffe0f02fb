"""Issue 4, walked in Chromium: a cut that is too fine is refused with advice, the coarser one is published, anybody downloads it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from grid.lab.models import OpenDataset
from grid.lab.states import DatasetStatus as S
from tests_support import lab
from tests_support.looks import faults, signed_in
from tests_support.window import window

pytestmark = pytest.mark.django_db
SHOTS = os.environ.get("LAB_SHOTS", "")


def sound(page, name: str) -> None:
    """Nothing that axe minds, nothing too wide; a picture when somebody wants to look (LAB_SHOTS=folder)."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    assert faults(page) == [], name


def test_too_fine_is_refused_then_out_for_everybody(cast):
    one, two = lab.places()[:2]
    for month in (7, 8, 9):
        lab.incidents(4, place=one, month=month, days=timedelta(hours=5), verdict="good")
        lab.incidents(3, place=two, month=month)
    with window(signed_in(cast.city), width=1440, follow=True) as page:
        page.goto("/open-datasets/")
        sound(page, "desk")
        page.goto("/open-datasets/new/incidents/")
        sound(page, "new")
        for label, words in (
            ("数据名称", "网格事件：三季度"),
            ("申请单位", "东海大学（演示）"),
            ("研究用途", "研究用时"),
            ("使用期限", "2027-12-31"),
        ):
            page.get_by_label(label).first.fill(words)
        page.get_by_label("申请单位已接受使用许可").check()
        page.locator("[name=start]").select_option("2026-07")
        page.locator("[name=end]").select_option("2026-09")
        page.locator("[name=period]").select_option("month")
        page.locator("[name=place]").select_option("community")
        page.locator("[name=category]").select_option("")
        page.locator("form .btn-primary").last.click()
        assert page.get_by_text("检核没有通过，不能发布").is_visible()
        assert two.name not in page.locator(".alert").first.inner_text()  # the group that falls short is not named
        sound(page, "refused")
        page.get_by_role("link", name="按建议修改").click()
        page.locator("form .btn-primary").last.click()
        assert page.get_by_text("检核通过").first.is_visible()
        row = OpenDataset.objects.get()
        page.goto(f"/open-datasets/{row.pk}/")
        sound(page, "passed")
        page.locator("summary", has_text="发布").click()
        page.get_by_role("button", name="确认发布").click()
        page.goto(f"/open-datasets/{row.pk}/")
        sound(page, "published")
        assert not page.complaints
    row.refresh_from_db()
    assert row.status == S.PUBLISHED
    for width in (390, 1440):
        with window(Client(), width=width) as page:
            page.goto("/open-data/")
            sound(page, f"public-{width}")
            page.get_by_role("link", name="查看和下载").click()
            assert page.get_by_text("不得").first.is_visible() and page.get_by_text("数据字典").first.is_visible()
            sound(page, f"set-{width}")
            links = [link.get_attribute("href") for link in page.get_by_role("link", name="下载").all()]
            assert len(links) == 2
            page.goto("/open-data/dictionary/")
            sound(page, f"dictionary-{width}")
            assert not page.complaints
    bodies = [Client().get(link).content for link in links]
    assert bodies[0][:2] == b"PK" and bodies[1][:4] == b"PAR1"
