"""Finance at a telephone's width: a wrong file is refused row by row, the right one is posted; axe finds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from funding.ledger.models import Journal
from tests_support import entitlements as story
from tests_support.window import window

pytestmark = pytest.mark.django_db


def whole(page) -> None:
    """Nothing wider than the window, nothing that axe minds, nothing that the CSP refused."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert [row["id"] for row in Axe().run(page).response["violations"]] == []
    assert page.complaints == []


def upload(page, batch, rows) -> None:
    """Choose the file and send it."""
    page.goto(f"/disbursements/{batch.pk}/return/")
    file = story.bank_file([*rows, story.control(batch, rows)])
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("input[type=file]").set_input_files({"name": "回盘.xlsx", "mimeType": kind, "buffer": file.read()})
    page.get_by_role("button", name="上传并预览").click()


def test_wrong_then_right(cast, unit, payees):
    story.run(unit)
    batch = story.batch(unit)
    client = Client()
    client.force_login(cast.finance)
    with window(client, follow=True) as page:
        page.goto(batch.get_absolute_url())
        whole(page)
        rows = story.rows_of(batch, bounce=(2,))
        upload(page, batch, [[*rows[0][:4], 1, *rows[0][5:]], *rows[1:]])
        assert "没有登记任何一笔" in page.inner_text("main")
        assert "金额与送出的 50,000.00 元不符" in page.inner_text("main")
        whole(page)
        assert not Journal.objects.filter(kind="arrive").exists()
        upload(page, batch, rows)
        page.locator("details", has=page.locator("summary", has_text="确认登记")).locator("summary").click()
        page.locator("details button[type=submit]").first.click()
        assert "全部记账" in page.inner_text("main")
    batch.refresh_from_db()
    assert batch.status == "settled"
    assert Journal.objects.filter(kind="bounce").count() == 1
