"""The files under ``data/``: real divisions, the twelve units, categories, departments by trade, the sketch map."""

import csv
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import rules
from .choices import Level, TownType, VillageType

DATA = Path(__file__).parent / "data"
RULES = Path(__file__).parent / "rules.toml"
DIVISIONS_CSV = DATA / "dalian_divisions_2023.csv"
SKETCH_GEOJSON = DATA / "dalian_districts_sketch.geojson"


@dataclass(frozen=True)
class DivisionRow:
    """One line of the divisions file, with what its code tells."""

    code12: str
    name: str
    level: Level
    parent_code: str
    town_type: TownType | str
    village_type: VillageType | str


def division_row(code12: str, name: str) -> DivisionRow:
    """Read level, kinds and parent off the code. Raises ValueError for a code outside the GB/T 10114 ranges."""
    if error := rules.code_error(code12):
        raise ValueError(f"{code12} {name}: {error}")
    level = rules.level_of(code12)
    return DivisionRow(
        code12=code12,
        name=name,
        level=level,
        parent_code=rules.parent_code_of(code12) or "",
        town_type=rules.town_type_of(code12) if level == Level.TOWN else "",
        village_type=rules.village_type_of(code12) if level == Level.COMMUNITY else "",
    )


def division_rows() -> list[DivisionRow]:
    """Return the 1,995 divisions of Dalian, parents before children."""
    with DIVISIONS_CSV.open(encoding="utf-8", newline="") as lines:
        rows = [division_row(line["code12"], line["name"]) for line in csv.DictReader(lines)]
    return sorted(rows, key=lambda row: (list(Level).index(row.level), row.code12))


@cache
def toml(name: str) -> dict:
    """Return ``data/<name>.toml``; the same object every time, do not change it."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def sketch() -> dict:
    """Return the sketch map of the ten counties as GeoJSON (示意图, not surveyed); do not change it."""
    return json.loads(SKETCH_GEOJSON.read_text(encoding="utf-8"))
