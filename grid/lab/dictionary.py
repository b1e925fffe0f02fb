"""What a data set is made of: its dimensions with their levels of coarseness, and what never leaves the portal.

Said once: pages, the API, the check and every download read it from here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Aggregate, Q, QuerySet
from django.db.models.expressions import Combinable

from .states import Treatment


@dataclass(frozen=True)
class Column:
    """A column of the file. ``values`` are its codes with their meaning; none means free values of the kind."""

    name: str
    label: str
    meaning: str
    kind: str = "string"  # string, integer, boolean: the types of Frictionless Table Schema
    unit: str = ""
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Level:
    """How coarse a dimension is given; ``reads`` has the expression of each of its columns."""

    key: str
    label: str
    how: str
    reads: dict[str, Combinable]
    treatment: Treatment = Treatment.GENERALISED
    months: int = 1  # a level of time covers so many whole months


@dataclass(frozen=True)
class Dimension:
    """Something that is told of each row, the finest level first.

    What is not ``sensitive`` may be known of a matter by its neighbours: it is a quasi-identifier and is grouped by. Of a sensitive
    one no group may have a single value, but for the ``harmless`` ones; ``empty`` says that there is no value yet, which nobody hides behind.
    """

    name: str
    label: str
    columns: tuple[Column, ...]
    levels: tuple[Level, ...]
    sensitive: bool = False
    harmless: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    fixed: bool = False  # in every file

    def level(self, key: str) -> Level | None:
        """A level by its key."""
        return next((level for level in self.levels if level.key == key), None)


@dataclass(frozen=True)
class Dropped:
    """What the portal knows and does not give away, and why."""

    label: str
    why: str
    treatment: Treatment = Treatment.DROPPED


@dataclass(frozen=True)
class DataSource:
    """A kind of open data. ``matters`` counts the separate matters of a group: that is what k is about.

    ``crowd`` are the rows that somebody can hide behind: not those that the portal lists one by one elsewhere.
    """

    key: str
    label: str
    about: str
    unit: str
    moment: str  # the field that says when
    rows: Callable[[], QuerySet]
    matters: Aggregate
    dimensions: tuple[Dimension, ...]
    dropped: tuple[Dropped, ...] = field(default=())
    crowd: Q = field(default_factory=Q)

    def dimension(self, name: str) -> Dimension | None:
        """A dimension by its name."""
        return next((one for one in self.dimensions if one.name == name), None)


SOURCES: dict[str, DataSource] = {}


def register(source: DataSource) -> None:
    """Add a kind of data."""
    SOURCES[source.key] = source


COUNT = Column("rows", "件数", "本组的行数", "integer", "件")


def entries(source: DataSource) -> list[dict]:
    """The whole dictionary of a kind of data, each column with all the levels that it can be had at."""
    return [
        _entry(column, dimension)
        | {
            "levels": [
                {"key": one.key, "label": one.label, "how": one.how, "treatment": str(one.treatment.label)}
                for one in dimension.levels
            ]
        }
        for dimension in source.dimensions
        for column in dimension.columns
    ]


def entries_at(dimensions: list[tuple[Dimension, Level]], *, counted: bool) -> list[dict]:
    """The dictionary of one file: its columns at the levels chosen."""
    found = [
        _entry(column, dimension) | {"level": level.label, "how": level.how, "treatment": str(level.treatment.label)}
        for dimension, level in dimensions
        for column in dimension.columns
    ]
    if counted:
        found.append(_plain(COUNT) | {"role": "计数", "level": "", "how": "本组行数", "treatment": "计数"})
    return found


def omitted(source: DataSource) -> list[dict]:
    """What is never in a file."""
    return [{"label": one.label, "why": one.why, "treatment": str(one.treatment.label)} for one in source.dropped]


def _plain(column: Column) -> dict:
    values = [{"value": value, "label": label} for value, label in column.values]
    return {
        "name": column.name, "label": column.label, "meaning": column.meaning, "type": column.kind, "unit": column.unit,
        "values": values,
    }  # fmt: skip


def _entry(column: Column, dimension: Dimension) -> dict:
    role = "敏感列" if dimension.sensitive else "准标识列"
    return _plain(column) | {"role": role, "dimension": dimension.label}
