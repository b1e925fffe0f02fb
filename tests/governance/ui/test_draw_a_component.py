"""Components: what they say, and that what people typed never becomes markup."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import django_filters
import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory

from governance.kernel.ui.columns import Column
from governance.kernel.ui.formats import datetime_cn, duration_cn, mask_phone
from governance.kernel.ui.paging import CappedCount, KeysetPage
from governance.kernel.ui.rings import ring
from governance.whistles.models import Whistle
from governance.whistles.states import WhistleStatus

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
EVIL = "<script>alert(1)</script>"


def draw(text: str, path: str = "/list/?status=open&cursor=abc", **context) -> str:
    """Render a snippet as a page would."""
    return Template(text).render(Context({"request": RequestFactory().get(path), **context}))


@pytest.mark.parametrize(
    ("left", "state", "tone", "text"),
    [
        (timedelta(hours=8), "running", "calm", "剩 8 小时"),
        (timedelta(hours=5), "running", "yellow", "剩 5 小时"),
        (timedelta(hours=2), "running", "orange", "剩 2 小时"),
        (timedelta(0), "running", "overdue", "已逾期 不到 1 分钟"),
        (timedelta(hours=-3), "running", "overdue", "已逾期 3 小时"),
        (timedelta(hours=-3), "paused", "paused", "已暂停"),
        (timedelta(hours=-3), "met", "met", "按时完成"),
        (timedelta(hours=3), "missed", "missed", "逾期完成"),
    ],
)
def test_a_ring_turns_from_calm_to_red(left, state, tone, text):
    drawn = ring(NOW + left, NOW + left - timedelta(hours=10), state, now=NOW)
    assert (drawn.tone, drawn.text) == (tone, text)


def test_a_ring_needs_neither_start_nor_end():
    assert ring(NOW + timedelta(days=1), now=NOW).percent == 100
    assert ring(None).text == "无时限"


def test_a_ring_is_drawn_without_inline_style():
    html = draw("{% clock_ring due start %}", due=NOW + timedelta(days=9000), start=NOW)
    assert "stroke-dasharray" in html and "style=" not in html and "data-due" in html


def test_a_badge_has_icon_word_and_colour():
    html = draw("{% status_badge status %}", status=WhistleStatus.DRAFT)
    assert WhistleStatus.DRAFT.label in html and "<svg" in html and f"tone-{WhistleStatus.DRAFT.tone}" in html


@pytest.mark.parametrize(
    "snippet",
    [
        "{% status_badge evil %}",
        "{% figure evil evil list_url=evil note=evil %}",
        "{% stat_tile evil evil note=evil %}",
        "{% timeline events %}",
        "{% kv_list pairs %}",
        "{% page_header evil subtitle=evil %}{% endpage_header %}",
        "{% alert 'info' title=evil %}{{ evil }}{% endalert %}",
        "{% card evil %}{{ evil }}{% endcard %}",
        "{% breadcrumbs evil '/' evil %}",
        "{% empty_state evil text=evil %}",
        "{% data_table columns rows caption=evil %}",
        "{% action_buttons moves 'x/' %}",
        "{% icon 'check' label=evil %}",
    ],
)
def test_typed_markup_is_escaped_everywhere(snippet):
    html = draw(
        snippet, evil=EVIL, events=[{"at": NOW, "title": EVIL, "who": EVIL, "body": EVIL}], pairs=[(EVIL, EVIL, EVIL)],
        columns=[Column("a", EVIL, primary=True)], rows=[{"a": EVIL, "url": f'"{EVIL}'}],
        moves=[{"name": "go", "label": EVIL, "hint": EVIL, "needs_note": True}],
    )  # fmt: skip
    assert "<script" not in html and "&lt;script" in html


def test_table_cells_carry_their_heading_for_the_telephone():
    html = draw(
        "{% data_table columns rows %}",
        columns=[Column("a", "甲"), Column("b.c", "乙")],
        rows=[{"a": 1234, "b": {"c": None}}],
    )
    assert 'data-label="甲"' in html and "1,234" in html and 'data-label="乙">—' in html


def test_sorting_turns_round_and_starts_over():
    columns = [Column("a", "甲", sort="a"), Column("b", "乙")]
    html = draw("{% data_table columns rows sort='a' %}", columns=columns, rows=[])
    assert 'href="?status=open&amp;sort=-a"' in html and 'aria-sort="ascending"' in html and html.count("href") == 4 - 2


def test_the_pager_keeps_the_filters():
    html = draw("{% keyset_pager page count %}", page=KeysetPage([1], "n1", "p1"), count=CappedCount(1000, True))
    assert (
        'href="?status=open&amp;cursor=n1"' in html and 'href="?status=open&amp;cursor=p1"' in html and "1000+" in html
    )


def test_query_strings_lose_empty_parameters():
    assert draw("{% qs_replace status=None cursor='' page=2 %}") == "?page=2"


def test_buttons_post_with_a_key_and_a_version():
    html = draw("{% action_buttons moves '/t/1/' version=7 %}", moves=[{"name": "accept", "label": "签收"}])
    assert 'action="/t/1/accept/"' in html and 'name="version" value="7"' in html and 'method="post"' in html
    assert re.search(r'name="form_key" value="[0-9a-f-]{36}"', html)


def test_a_button_that_needs_a_reason_asks_for_it():
    html = draw("{% action_buttons moves 'x/' %}", moves=[{"name": "object", "label": "异议", "needs_note": True}])
    assert "<details" in html and 'name="note"' in html and "确认异议" in html


def test_synthetic_data_is_marked_and_real_is_not():
    assert "演示数据" in draw("{% demo_badge o %}", o={"is_synthetic": True})
    assert draw("{% demo_badge o %}", o={"is_synthetic": False}) == ""


def test_a_provisional_deadline_says_so():
    assert "暂定" in draw("{% provisional_note yes %}", yes=True) and draw("{% provisional_note no %}", no=False) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "不到 1 分钟"), (59, "不到 1 分钟"), (60, "1 分钟"), (3600, "1 小时"), (3900, "1 小时 5 分"),
        (86400, "1 天"), (90000, "1 天 1 小时"), (-7200, "2 小时"), (timedelta(days=2, minutes=5), "2 天"), (None, "—"),
    ],
)  # fmt: skip
def test_durations_read_in_two_units(value, text):
    assert duration_cn(value) == text


def test_moments_are_shown_in_local_time():
    assert datetime_cn(datetime(2025, 1, 1, 16, 5, tzinfo=UTC)) == "2025-01-02 00:05"
    assert datetime_cn(datetime(2025, 1, 1, 16, 5, tzinfo=UTC), "long") == "2025年1月2日 00:05"
    assert (datetime_cn(None), datetime_cn(date(2025, 1, 2))) == ("—", "2025-01-02")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13812341234", "138****1234"), ("王 13812341234 转", "王 138****1234 转"), ("0411-83641234", "0411-83****34"),
        ("DL-ZS-2026-01043", "DL-ZS-2026-01043"), ("2102021381234123456", "2102021381234123456"), (None, ""),
    ],
)  # fmt: skip
def test_telephone_numbers_are_masked(text, masked):
    assert mask_phone(text) == masked


def test_every_icon_that_is_named_is_drawn():
    root = Path(settings.BASE_DIR)
    drawn = set(re.findall(r'symbol id="([^"]+)"', (root / "static/portal/icons.svg").read_text()))
    named = set()
    for page in (root / "templates").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([^"]+)"|icon_name="([^"]+)"', page.read_text()))
    missing = {one or two for one, two in named} - drawn
    assert not missing


def test_templates_hold_no_inline_style_or_script():
    for page in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        if "mail" in page.parts or page.parent.name == "mail":
            continue  # a mail program knows no stylesheet
        assert not re.search(r'\sstyle="|<style|<script(?![^>]*src=)|\son[a-z]+="', page.read_text()), page


def test_both_ends_of_a_range_are_named():
    class Filters(django_filters.FilterSet):
        """One range."""

        day = django_filters.DateFromToRangeFilter(label="日期")

    html = draw("{% filter_bar f %}", f=Filters({}, queryset=Whistle.objects.none()))
    assert 'aria-label="日期（从）"' in html and 'aria-label="日期（到）"' in html and 'name="day_after"' in html
