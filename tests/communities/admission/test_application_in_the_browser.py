"""The story without JavaScript: a department applies, communities answer, the district approves, the item is in force."""

from datetime import timedelta

import pytest
from django.test import Client

from communities.admission.applications.decisions import opinion_give
from communities.admission.catalogues.loading import catalogues_load
from communities.admission.models import AdmissionApplication, AdmissionItem
from governance.accounts import demo
from governance.accounts.roles import Role
from governance.kernel import clock
from tests_support.applications import answerer, content
from tests_support.looks import shoot, signed_in
from tests_support.window import window

pytestmark = pytest.mark.django_db


def step(page, label: str) -> None:
    """Open a step, read what it does, confirm."""
    box = page.locator("details", has=page.locator("summary", has_text=label)).first
    box.locator("summary").click()
    box.locator("button[type=submit]").click()


def fill(page) -> None:
    """A sound application, but for the budget number."""
    words = content()
    for name in (
        "name",
        "basis_document",
        "basis_article",
        "necessity",
        "alternative",
        "minutes",
        "communities",
        "fund_source",
    ):
        page.locator(f"[name={name}]").fill(str(words[name]))
    page.locator("[name=times_a_year]").fill("2")
    page.locator("[name=funded_yuan]").fill(str(-(-words["funded_fen"] // 100)))
    page.locator("[name=start_on]").fill(words["start_on"].isoformat())


def test_apply_answer_approve(cast):
    catalogues_load()
    with window(signed_in(cast.dept), width=1440, script=False, follow=True) as page:
        page.goto("/applications/new/")
        fill(page)
        shoot(page, "application-new")
        page.get_by_role("button", name="保存草稿").click()
        row = AdmissionApplication.objects.get()
        assert page.get_by_text("请填写预算指标号").first.is_visible()
        shoot(page, "application-draft")
        page.goto(f"/applications/{row.pk}/edit/")
        page.locator("[name=fund_number]").fill("ZB-2026-001")
        page.get_by_role("button", name="保存").click()
        step(page, "提交")
    assert AdmissionApplication.objects.get().status == "checking"
    with window(signed_in(cast.social), width=390, script=False, follow=True) as page:
        page.goto("/desk/")
        page.get_by_role("link", name=row.name).first.click()
        step(page, "审查通过")
        shoot(page, "application-social-390")
    first, *others = AdmissionApplication.objects.get().opinions.exclude(community=None)
    person = demo.person_add(
        username="asked", name="asked", password="!", role=Role.COMMUNITY, unit=first.unit, street=first.street, community=first.community
    )  # fmt: skip
    with window(signed_in(person), width=390, script=False, follow=True) as page:
        page.goto("/desk/")
        shoot(page, "desk-community-390")
        page.get_by_role("link", name=row.name).first.click()
        page.get_by_role("link", name="答复意见").click()
        page.get_by_label("不同意").check()
        page.get_by_role("button", name="提交").click()
        assert page.get_by_text("不同意请写一句理由").first.is_visible()
        assert page.get_by_label("不同意").is_checked()
        shoot(page, "opinion-390")
        page.locator("[name=words]").fill("每年两次太多")
        page.get_by_role("button", name="提交").click()
    for opinion in [*others, *AdmissionApplication.objects.get().opinions.filter(community=None)]:
        opinion_give(opinion=opinion, by=answerer(opinion), stand="agree")
    with window(signed_in(cast.social), width=1440, script=False, follow=True) as page:
        page.goto(f"/applications/{row.pk}/publish/")
        page.get_by_label("社会工作部").check()
        page.locator("[name=minutes_text]").fill("会议认为必要，同意准入。")
        page.get_by_role("button", name="提交").click()
        assert page.get_by_text("已开始公示").is_visible()
        assert page.locator("summary", has_text="批准印发").count() == 0
    AdmissionApplication.objects.update(publicity_ends_at=clock.now() - timedelta(minutes=1))  # the days have passed
    with window(signed_in(cast.social), width=1440, script=False, follow=True) as page:
        page.goto(f"/applications/{row.pk}/")
        shoot(page, "application-publicity")
        step(page, "批准印发")
        shoot(page, "application-in-force")
    item = AdmissionItem.objects.get(application__pk=row.pk)
    assert item.code == "SQ-U-2026-001"
    for width in (1440, 390):
        with window(Client(), width=width, script=False, follow=True) as page:
            for address in ("/catalogues/", "/admission-items/", "/catalogues/compare/", item.get_absolute_url(),
                            "/catalogues/compare/?print=1", item.catalogue.get_absolute_url()):  # fmt: skip
                page.goto(address)
                shoot(page, f"{address.strip('/').replace('/', '-').replace('?', '-')}-{width}")
