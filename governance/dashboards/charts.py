"""Charts: Vega-Lite drawn on the server, made fit for a strict CSP, cached by what they show.

What comes out is inline SVG without script, style or foreign references; every mark is a link with a name. Text widths
are reckoned here (a Chinese character is as wide as its size), so that nothing depends on the server's fonts.
"""

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width
from xml.etree import ElementTree

import vl_convert
from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe

log = logging.getLogger(__name__)
SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
HOST = "https://portal.invalid"  # Vega makes relative links absolute; a known host is cut off again
DEEP, SOFT, RED, INK, LINE = "#0b5c6b", "#8fc0c9", "#b3201a", "#45555c", "#dde4e7"
FONT, WIDTH, ROW, KEPT = 12, 340, 24, 6 * 3600
VERSION = 3  # raise it when the drawing changes: what is cached is then drawn anew
CONFIG = {
    "background": None, "font": "sans-serif", "view": {"stroke": None},
    "axis": {"labelFontSize": FONT, "labelColor": INK, "domainColor": LINE, "tickColor": LINE, "gridColor": LINE,
             "labelLimit": 0, "title": None},
    "text": {"fontSize": FONT, "fill": INK},
}  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """One bar: its label, count, list and what is read aloud."""

    label: str
    value: int
    href: str
    unit: str = "件"

    @property
    def spoken(self) -> str:
        """市城管局：3 件."""
        return f"{self.label}：{self.value} {self.unit}"


def text_width(text: str) -> int:
    """Pixels that a text takes at most."""
    return sum(FONT if east_asian_width(sign) in "WF" else 8 for sign in text)


def bars(title: str, rows: Sequence[Bar], colour: str = DEEP) -> SafeString:
    """Horizontal bars in the given order, each with its number."""
    if not rows:
        return mark_safe("")
    left = max(text_width(row.label) for row in rows) + 8
    most = max(row.value for row in rows) or 1
    right = text_width(str(most)) + 10
    values = [{"i": index, "label": row.label, "n": row.value, "href": HOST + row.href, "say": row.spoken}
              for index, row in enumerate(rows)]  # fmt: skip
    side = {"field": "label", "type": "nominal", "sort": None,
            "axis": {"ticks": False, "domain": False, "minExtent": left, "maxExtent": left, "labelPadding": 6}}  # fmt: skip
    along = {"field": "n", "type": "quantitative", "axis": None, "scale": {"domain": [0, most], "nice": False}}
    named = {"href": {"field": "href"}, "description": {"field": "say"}}
    spec = {
        "data": {"values": values}, "width": WIDTH - left - right, "height": {"step": ROW},
        "padding": {"left": 0, "right": right, "top": 2, "bottom": 2}, "autosize": {"type": "pad"},
        "encoding": {"y": side, "x": along},
        "layer": [
            {"mark": {"type": "bar", "color": colour, "height": {"band": 0.62}, "cornerRadiusEnd": 2}, "encoding": named},
            {"mark": {"type": "text", "align": "left", "dx": 5, "aria": False}, "encoding": {"text": {"field": "n"}}},
        ],
    }  # fmt: skip
    return draw(title, spec)


def trend(title: str, steps: Sequence[str], series: Sequence[tuple[str, str, str, Sequence[Bar]]]) -> SafeString:
    """One mark per step and series: (name, "bar" or "line", colour, bars in the order of steps)."""
    layers = [layer for name, kind, colour, rows in series for layer in _layers(name, kind, colour, steps, rows)]
    most = max((row.value for *_, rows in series for row in rows), default=0) or 1
    spec = {
        "width": 760, "height": 190, "padding": {"left": 2, "right": 12, "top": 8, "bottom": 2},
        "encoding": {
            "x": {"field": "step", "type": "ordinal", "sort": None, "axis": {"labelAngle": 0, "grid": False}},
            "y": {"field": "n", "type": "quantitative", "scale": {"domain": [0, most], "nice": True},
                  "axis": {"tickCount": 4, "tickMinStep": 1, "format": "d", "minExtent": 34, "domain": False}},
        },
        "layer": layers,
    }  # fmt: skip
    return draw(title, spec)


def _layers(name: str, kind: str, colour: str, steps: Sequence[str], rows: Sequence[Bar]) -> list[dict]:
    values = [{"step": step, "n": row.value, "href": HOST + row.href, "say": f"{step} {name}：{row.value} {row.unit}"}
              for step, row in zip(steps, rows, strict=True)]  # fmt: skip
    data, named = {"values": values}, {"href": {"field": "href"}, "description": {"field": "say"}}
    if kind == "bar":
        return [{"data": data, "mark": {"type": "bar", "color": colour, "width": {"band": 0.5}}, "encoding": named}]
    return [
        {"data": data, "mark": {"type": "line", "color": colour, "strokeWidth": 2, "aria": False}},
        {"data": data, "mark": {"type": "point", "filled": True, "color": colour, "size": 60, "opacity": 1}, "encoding": named},
    ]  # fmt: skip


def draw(title: str, spec: dict) -> SafeString:
    """The spec as safe inline SVG, from the cache where it has been drawn before."""
    text = json.dumps([VERSION, title, spec], ensure_ascii=False, sort_keys=True)
    key = f"chart:{hashlib.sha256(text.encode()).hexdigest()}"
    if (kept := _cached(key)) is None:
        kept = clean(vl_convert.vegalite_to_svg({**spec, "config": CONFIG}, allowed_base_urls=[]), title)
        _keep(key, kept)
    return mark_safe(kept)


def _cached(key: str) -> str | None:
    try:
        return cache.get(key)
    except Exception:  # any client's error: without a cache the chart is drawn anew
        log.warning("no cache: charts are drawn anew")
        return None


def _keep(key: str, value: str) -> None:
    try:
        cache.set(key, value, KEPT)
    except Exception:
        log.warning("no cache: chart not kept")


ELEMENTS = {"svg", "g", "a", "path", "line", "text", "rect", "circle", "tspan", "title"}
ATTRIBUTES = {
    "class", "d", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "width", "height", "viewBox", "transform", "fill", "stroke",
    "stroke-width", "opacity", "fill-opacity", "stroke-opacity", "font-size", "font-weight", "text-anchor", "r", "cx", "cy",
}  # fmt: skip


def clean(svg: str, title: str) -> str:
    """Keep only drawing elements and attributes; name the picture and each link; fonts come from the page."""
    root = ElementTree.fromstring(svg)
    _clean(root)
    root.set("class", "chart-svg")
    root.set("role", "group")
    root.set("aria-label", title)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(node: ElementTree.Element) -> None:
    name = node.tag.removeprefix(SVG)
    href, said = node.get(XLINK, ""), None
    for child in list(node):
        if child.tag.removeprefix(SVG) not in ELEMENTS or _is_blank(child):
            node.remove(child)
            continue
        said = said or child.get("aria-label")
        _clean(child)
    node.attrib = {key: value for key, value in node.attrib.items() if key in ATTRIBUTES and key != "class"}
    if name == "a":
        _name_link(node, href.removeprefix(HOST), said or "")


def _name_link(node: ElementTree.Element, href: str, said: str) -> None:
    """A link inside the portal with a name and a tooltip; anything else is no link."""
    if not href.startswith("/") or href.startswith("//"):
        node.tag = f"{SVG}g"
        return
    node.set("href", href)
    node.set("aria-label", said)
    tip = ElementTree.Element(f"{SVG}title")
    tip.text = said
    node.insert(0, tip)


def _is_blank(node: ElementTree.Element) -> bool:
    """Vega's empty helpers."""
    return node.get("display") == "none" or (node.tag == f"{SVG}path" and node.get("class") == "background")
