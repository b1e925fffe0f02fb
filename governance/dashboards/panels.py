"""The panels: each asks a question in its title and answers with figures, a chart and a table; all link to their lists."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from governance.kernel.metrics import CARDS, Figure
from governance.kernel.policy import policy
from governance.whistles.states import TicketStatus

from . import measures as m
from . import rates
from .charts import DEEP, RED, SOFT, Bar, bars, trend
from .links import Links
from .maps import bounds, district_map, legend
from .selectors import Numbers

MOST = 12  # departments in a chart; the table has all of them
NAME = 14  # characters of a bar's label
HEADS = (('<th scope="row">', "</th>"), *(("<td>", "</td>"),) * 9)


@cache
def _card_url(key: str) -> str:
    """A metric card's address: forty of them stand on a page."""
    return reverse("metric-card", args=[key])


@dataclass(frozen=True)
class Cell:
    """A table's cell; None is drawn as 暂无."""

    value: str | int | float | None
    href: str = ""
    unit: str = ""

    @property
    def text(self) -> str:
        """90.0 as 90, with its unit."""
        return f"{self.value:g}{self.unit}" if isinstance(self.value, float) else f"{self.value}{self.unit}"


@dataclass(frozen=True)
class Tile:
    """A figure as drawn."""

    figure: Figure
    note: str = ""
    tone: str = ""

    @property
    def shown(self) -> str:
        """A number, or 暂无 without a basis."""
        return "暂无" if self.figure.value is None else f"{self.figure.value:g}"

    @property
    def unit(self) -> str:
        """件 or %."""
        return "" if self.figure.value is None else self.figure.card.unit

    @property
    def card_url(self) -> str:
        """The metric card."""
        return _card_url(self.figure.card.key)


@dataclass
class Panel:
    """One question. ``card`` is the key of the metric card that the table's counts follow."""

    key: str
    title: str
    card: str
    heads: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    chart: SafeString | str = ""
    marks: list[tuple[str, str]] = field(default_factory=list)  # (colour class, what it stands for)
    note: str = ""
    layout: str = ""
    shades: list[tuple[int, str]] = field(default_factory=list)
    open_table: bool = False

    @property
    def card_url(self) -> str:
        """The metric card."""
        return _card_url(f"dashboard.{self.card}")

    @property
    def metric(self):
        """The card itself, for the export's head."""
        return CARDS[f"dashboard.{self.card}"]

    def table_rows(self) -> SafeString:
        """The table's rows, drawn without a template: there are hundreds of cells."""
        return mark_safe("".join(f"<tr>{''.join(map(_drawn, row, HEADS))}</tr>" for row in self.rows))


def _drawn(cell: Cell, tags: tuple[str, str]) -> str:
    if cell.value is None:
        text = '<span class="quiet">暂无</span>'
    else:
        text = f'<a href="{escape(cell.href)}">{escape(cell.text)}</a>' if cell.href else escape(cell.text)
    return f"{tags[0]}{text}{tags[1]}"


def panels_of(numbers: Numbers) -> list[Panel]:
    """All panels in the order of reading."""
    links = Links(numbers.unit, numbers.period)
    places = streets_panel if numbers.unit else units_panel
    return [now_panel(numbers, links), rates_panel(numbers, links), trend_panel(numbers, links), late_panel(numbers, links),
            places(numbers, links), holds_panel(numbers, links), origin_panel(numbers, links),
            matter_panel(numbers, links)]  # fmt: skip


def _count(key: str, value: int, href: str, note: str = "", tone: str = "") -> Tile:
    return Tile(Figure(CARDS[f"dashboard.{key}"], value, href=href), note, tone)


def _table_of(tiles: list[Tile]) -> list[list[Cell]]:
    return [
        [Cell(tile.figure.card.title), Cell(tile.figure.value, tile.figure.href, tile.unit), Cell(_terms(tile.figure))]
        for tile in tiles
    ]


def _terms(figure: Figure) -> str:
    return (
        f"{figure.numerator:g} / {figure.denominator:g}" if figure.denominator and figure.numerator is not None else ""
    )


def now_panel(numbers: Numbers, links: Links) -> Panel:
    """What is open at this moment."""

    def of(status):
        return numbers.stocked("count", lambda row: row.status == status)

    overdue, late = numbers.stocked("overdue"), numbers.stocked("late")
    tiles = [
        _count("open", numbers.stocked("count"), links.now(status="open")),
        _count("overdue", overdue, links.now(status="open", overdue=1), "含等评价、等裁决", "danger" if overdue else ""),
        _count("late", late, links.late(), "轮到部门而超时", "danger" if late else ""),
        _count("unsigned", of(TicketStatus.PENDING_SIGN), links.now(status="pending_sign")),
        _count("verifying", of(TicketStatus.PENDING_VERIFY), links.now(status="pending_verify")),
        _count("hung", of(TicketStatus.HUNG), links.now(hung=1)),
    ]  # fmt: skip
    return Panel(
        "now", "现在有多少件在办、多少逾期？", "open", ["指标", "数值", "件数"], _table_of(tiles), tiles, layout="now"
    )


def rates_panel(numbers: Numbers, links: Links) -> Panel:
    """The three rates with their terms, and what happened in the period."""
    total = numbers.total
    three = [rates.response(total, links), rates.resolution(total, links), rates.satisfaction(total, links)]
    least = policy("rating.min_sample")
    tiles = [Tile(figure, _rate_note(figure, least), "accent") for figure in three]
    terms = [rates.stage(total, name, links) for name in (*m.STAGES, "finish")]
    rework = rates.plain("rework", total["reworked"], total["done"], links.tickets("reworked"))
    flow = [_count("whistles", total["whistle"], links.whistles()),
            _count("tickets", total["dispatched"], links.tickets("dispatched")),
            _count("closed", total["closed"], links.tickets("closed"))]  # fmt: skip
    rows = [_rate_row(figure) for figure in (*terms, *three[1:], rework)]
    rows += [[Cell(tile.figure.card.title), Cell(""), Cell(tile.figure.value, tile.figure.href, "件"), Cell("")]
             for tile in flow]  # fmt: skip
    return Panel("rates", "响应快不快、解决得好不好？（三率）", "response", ["环节", "比率", "件数", "其中"], rows, tiles,
                 layout="rates", open_table=True)  # fmt: skip


def _rate_note(figure: Figure, least: int) -> str:
    if figure.value is None:
        return f"不足 {least} 件，不显示" if figure.denominator else "期间内没有件数"
    return f"{figure.numerator:g} / {figure.denominator:g}"


def _rate_row(figure: Figure) -> list[Cell]:
    good = figure.numerator if figure.value is not None else None
    if figure.card.key == "dashboard.rework":  # the list is of what was reworked, the base is what was reported done
        return [
            Cell(figure.card.title),
            Cell(figure.value, "", "%"),
            Cell(figure.denominator, "", "件"),
            Cell(good, figure.href),
        ]
    return [
        Cell(figure.card.title),
        Cell(figure.value, "", "%"),
        Cell(figure.denominator, figure.href, "件"),
        Cell(good),
    ]


def trend_panel(numbers: Numbers, links: Links) -> Panel:
    """Twelve weeks or months of work coming in and going out."""
    steps, months = numbers.period.steps(), numbers.period.by_months
    labels = [f"{first.year % 100}-{first.month:02}" if months else f"{first.month}/{first.day}" for first, _ in steps]

    def column(measure):
        return [
            Bar(label, count[measure], links.tickets(measure, **{"from": first, "to": last}))
            for label, count, (first, last) in zip(labels, numbers.trend, steps, strict=True)
        ]

    series = [("派发工单", "bar", SOFT, column("dispatched")), ("办结工单", "line", DEEP, column("closed")),
              ("超时报办结", "line", RED, column("finish_late"))]  # fmt: skip
    title = f"近 12 {'个月' if months else '周'}派得多还是结得多？"
    rows = [
        [Cell(f"{first} 至 {last}"), *(Cell(bar[index].value, bar[index].href) for *_, bar in series)]
        for index, (first, last) in enumerate(steps)
    ]
    chart = trend(title, labels, series) if any(numbers.trend) else ""
    return Panel("trend", title, "tickets", ["起止", "派发工单", "办结工单", "超时报办结"], rows, chart=chart, layout="wide",
                 marks=[("soft", "派发工单"), ("deep", "办结工单"), ("red", "超时报办结")])  # fmt: skip


def units_panel(numbers: Numbers, links: Links) -> Panel:
    """The map and all twelve units by code: structure, never a ranking."""
    whistles = {unit.pk: numbers.units_flow[unit.pk]["whistle"] for unit in numbers.units}
    standing, overdue = numbers.stock_by("unit_id", "count"), numbers.stock_by("unit_id", "overdue")
    rows = [
        [Cell(unit.short_name, links.dashboard(unit)), Cell(whistles[unit.pk], links.whistles(unit=unit.code)),
         Cell(standing[unit.pk], links.now(status="open", unit=unit.code)),
         Cell(overdue[unit.pk], links.now(status="open", overdue=1, unit=unit.code))]
        for unit in numbers.units
    ]  # fmt: skip
    title = "哪些区县的哨多？"
    chart = district_map(f"{title}（示意图）", numbers.units, whistles, links.dashboard)
    return Panel(
        "units", title, "whistles", ["区县（按代码）", "吹哨", "在办工单", "逾期"], rows, chart=chart, layout="map", open_table=True,
        shades=legend(bounds(list(whistles.values()))),
        note="示意图，边界未经测绘。高新区、长兴岛为功能区，图上没有边界，见表。哨多不等于工作差：区县、街道不排名。",
    )  # fmt: skip


def streets_panel(numbers: Numbers, links: Links) -> Panel:
    """The unit's streets by code."""
    standing, overdue = numbers.stock_by("street_id", "count"), numbers.stock_by("street_id", "overdue")
    rows, drawn = [], []
    for street in numbers.streets:
        count = numbers.streets_flow[street.pk]["whistle"]
        href = links.whistles(street=street.code12)
        drawn.append(Bar(_short(street.name), count, href))
        rows.append([Cell(street.name, href), Cell(count, href), Cell(standing[street.pk], links.now(status="open", street=street.code12)),
                     Cell(overdue[street.pk], links.now(status="open", overdue=1, street=street.code12))])  # fmt: skip
    title = "哪些街道的哨多？"
    chart = bars(title, drawn) if any(bar.value for bar in drawn) else ""
    return Panel("streets", title, "whistles", ["街道（按代码）", "吹哨", "在办工单", "逾期"], rows, chart=chart,
                 note="按代码排列，不排名：敢吹哨的街道不应吃亏。", layout="side dash-wide4", open_table=True)  # fmt: skip


def late_panel(numbers: Numbers, links: Links) -> Panel:
    """Departments with what is overdue while it is their turn; departments may be ranked."""
    late, standing = numbers.stock_by("department_id", "late"), numbers.stock_by("department_id", "count")
    known = [row for key, row in numbers.departments.items() if standing[key] or numbers.departments_flow[key]]
    ordered = sorted(known, key=lambda row: (-late[row.pk], row.code))
    drawn = [Bar(_short(row.short_name), late[row.pk], links.late(department=row.code))
             for row in ordered[:MOST] if late[row.pk]]  # fmt: skip
    rows = [_department_row(row, numbers, links, late[row.pk], standing[row.pk]) for row in ordered]
    title = "哪些部门逾期多？"
    return Panel("late", title, "late", ["部门", "逾期", "在办", "派发", "签收及时", "报到及时", "报办结及时"], rows,
                 chart=bars(title, drawn, RED) if drawn else "",
                 layout="side dash-wide4", open_table=True, note="" if drawn else "现在没有部门逾期。")  # fmt: skip


def _department_row(row, numbers: Numbers, links: Links, late: int, standing: int) -> list[Cell]:
    count = numbers.departments_flow.get(row.pk, Counter())
    named = {"department": row.code}
    return [
        Cell(row.short_name), Cell(late, links.late(**named)), Cell(standing, links.now(status="open", **named)),
        Cell(count["dispatched"], links.tickets("dispatched", **named)),
        *(Cell(rates.stage(count, name, links).value, links.tickets(name, **named), "%") for name in ("accept", "arrive", "finish")),
    ]  # fmt: skip


def holds_panel(numbers: Numbers, links: Links) -> Panel:
    """What is put off, and what came back."""
    total = numbers.total
    hung = Counter()
    for row in numbers.stock:
        if row.status == TicketStatus.HUNG:
            hung[row.department_id] += row.count
    settled = total["solved"] + total["partly"] + total["unsolved"]
    base = settled + numbers.stocked("late") + sum(hung.values())
    alarm = policy("whistle.hold_rate_alarm")
    hold = rates.plain("hold_rate", sum(hung.values()), base, links.now(hung=1))
    back = rates.plain("recurrence", total["recurrence"], total["whistle"], links.whistles("recurrence"))
    tiles = [Tile(hold, f"{_terms(hold) or '期间内没有件数'}；警戒线 {alarm}%", "warning" if (hold.value or 0) > alarm else ""),
             Tile(back, _terms(back) or "期间内没有哨单")]  # fmt: skip
    ordered = sorted(hung, key=lambda key: (-hung[key], numbers.departments[key].code))
    names = {key: numbers.departments[key].short_name for key in ordered}
    hrefs = {key: links.now(hung=1, department=numbers.departments[key].code) for key in ordered}
    drawn = [Bar(_short(names[key]), hung[key], hrefs[key]) for key in ordered[:6]]
    title = "挂账多不多、办结后又回来没有？"
    return Panel("holds", title, "hold_rate", ["部门", "挂账中"], [[Cell(names[key]), Cell(hung[key], hrefs[key])] for key in ordered],
                 tiles, chart=bars("挂账中的部门", drawn) if drawn else "", note="" if drawn else "现在没有挂账。", layout="tiles")  # fmt: skip


def origin_panel(numbers: Numbers, links: Links) -> Panel:
    """Where whistles come from and why they are blown."""
    total = numbers.total
    named = [("情形", kind.label, total[key], links.whistles(scene=kind.value)) for key, kind in m.SCENES.items()]
    named += [("来源", kind.label, total[key], links.whistles(source=kind.value)) for key, kind in m.SOURCES.items()]
    title = "哨从哪里来、为什么吹？"
    drawn = [Bar(label, value, href) for _, label, value, href in named]
    rows = [[Cell(side), Cell(label), Cell(value, href)] for side, label, value, href in named]
    return Panel("origin", title, "whistles", ["分项", "名称", "吹哨"], rows,
                 chart=bars(title, drawn) if total["whistle"] else "", note="前四项为情形，其余为来源。", layout="side", open_table=True)  # fmt: skip


def matter_panel(numbers: Numbers, links: Links) -> Panel:
    """What it is about, by 大类."""
    groups: Counter = Counter()
    for key, count in numbers.categories_flow.items():
        category = numbers.categories[key]
        groups[category.parent_id or category.pk] += count["whistle"]
    heads = [row for row in numbers.categories.values() if row.parent_id is None]
    ordered = sorted(heads, key=lambda row: (-groups[row.pk], row.code))
    drawn = [Bar(row.name, groups[row.pk], links.whistles(category=row.code)) for row in ordered if groups[row.pk]]
    title = "吹的都是什么事？"
    rows = [[Cell(row.name), Cell(groups[row.pk], links.whistles(category=row.code))] for row in ordered]
    return Panel(
        "matter",
        title,
        "whistles",
        ["事项大类", "吹哨"],
        rows,
        chart=bars(title, drawn),
        layout="side",
        open_table=True,
    )


def _short(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"
