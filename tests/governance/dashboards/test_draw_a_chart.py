"""Charts and map: safe under the strict CSP, linked, named, and drawn even without a cache."""

import re
from xml.etree import ElementTree

import pytest

from governance.dashboards import charts
from governance.dashboards.charts import Bar, bars, trend
from governance.dashboards.maps import bounds, district_map, legend, shade
from governance.territory.models import ManagementUnit

ROWS = [
    Bar("中山区城市管理局（综合行政执法局）", 12, "/tickets/?overdue=1&unit=210202"),
    Bar("<script>alert(1)</script>", 3, "/tickets/"),
]


def _safe(svg: str) -> ElementTree.Element:
    """The parsed picture, after looking for everything that a strict CSP or a reader would mind."""
    root = ElementTree.fromstring(svg)
    for node in root.iter():
        assert node.tag.rpartition("}")[2] not in {"script", "style", "foreignObject", "image", "use", "iframe"}
        for name, value in node.attrib.items():
            assert not name.startswith("on")
            assert name != "style"
            assert not name.endswith("href") or re.match(r"/[a-z]", value), value
            assert "url(" not in value
    assert "portal.invalid" not in svg
    assert root.get("aria-label")
    return root


def _links(root) -> list[tuple[str, str]]:
    return [(node.get("href"), node.get("aria-label")) for node in root.iter() if node.tag.endswith("}a")]


def test_bars_link_to_their_lists():
    root = _safe(bars("哪些部门逾期多？", ROWS))
    assert _links(root) == [
        ("/tickets/?overdue=1&unit=210202", "中山区城市管理局（综合行政执法局）：12 件"),
        ("/tickets/", "<script>alert(1)</script>：3 件"),
    ]
    assert all(
        node.find("{http://www.w3.org/2000/svg}title") is not None for node in root.iter() if node.tag.endswith("}a")
    )


def test_long_labels_have_room():
    """The label's end stands as far from the left edge as its characters are wide, whatever fonts the server has."""
    root = _safe(bars("哪些部门逾期多？", ROWS))
    width = float(root.get("viewBox").split()[2])
    assert width <= charts.WIDTH + 20
    assert charts.text_width(ROWS[0].label) == 17 * charts.FONT
    assert ROWS[0].label in "".join(root.itertext())


def test_a_trend_links_each_point():
    steps = [f"{month}月" for month in range(1, 13)]
    rows = [Bar(step, number, f"/dashboard/tickets/?measure=closed&step={number}") for number, step in enumerate(steps)]
    root = _safe(trend("近 12 个月", steps, [("派发", "bar", charts.SOFT, rows), ("办结", "line", charts.DEEP, rows)]))
    assert len(_links(root)) == 24
    assert ("/dashboard/tickets/?measure=closed&step=3", "4月 办结：3 件") in _links(root)


def test_without_rows_nothing_is_drawn():
    assert bars("没有", []) == ""


def test_a_link_out_of_the_portal_is_no_link():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><style>a{}</style>' \
          '<a xlink:href="https://evil.example/"><path style="x" onclick="y" d="M0,0"/></a>' \
          '<a xlink:href="https://portal.invalid//evil.example/"><path d="M0,0"/></a></svg>'  # fmt: skip
    assert _links(_safe(charts.clean(svg, "图"))) == []


def test_a_stopped_cache_only_costs_time(settings, monkeypatch):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    from django.core.cache import caches

    monkeypatch.setattr(charts, "cache", caches.create_connection("default"))
    _safe(bars("没有缓存", ROWS[:1]))


@pytest.mark.django_db
def test_the_map_has_ten_counties_and_is_linked():
    units = list(ManagementUnit.objects.select_related("main_division"))
    values = {unit.pk: number for number, unit in enumerate(units)}
    root = _safe(district_map("哪些区县的哨多？（示意图）", units, values, lambda unit: f"/dashboard/{unit.code}/"))
    linked = dict(_links(root))
    assert len(linked) == 10
    assert linked["/dashboard/210202/"] == "中山区：0 件"
    assert {"中山", "长海县", "瓦房店市"} <= {word for text in root.itertext() for word in text.split()}


def test_shades_cover_all_values():
    ends = bounds([0, 3, 61])
    assert legend(ends)[0] == (1, "1–13")
    assert legend(ends)[-1] == (5, "53–61") or legend(ends)[-1][1].endswith("61")
    assert [shade(value, ends) for value in (0, 1, 13, 14, 61)] == [0, 1, 1, 2, 5]
    assert bounds([0, 0]) == []
    assert legend(bounds([1])) == [(1, "1")]
