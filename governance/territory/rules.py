"""The grammar of division codes: which digits mean what, and what must nest in what. Pure functions.

Source: GB/T 2260 (county), GB/T 10114 (township, digits 7-9) and the statistical bureau's community codes (digits
10-12); the ranges were checked against all 1,995 codes of Dalian (domain-rules A.1). A format, not a policy.
"""

import re

from .choices import GridKind, Level, TownType, VillageType

CODE_LENGTH = 12
GRID_CODE_LENGTH = 15
# How many leading digits a division of this level owns; its children repeat exactly these.
EFFECTIVE_DIGITS = {Level.CITY: 4, Level.COUNTY: 6, Level.TOWN: 9, Level.COMMUNITY: 12}
PARENT_LEVEL = {Level.COUNTY: Level.CITY, Level.TOWN: Level.COUNTY, Level.COMMUNITY: Level.TOWN}
TOWN_RANGES = (
    (range(1, 100), TownType.STREET),
    (range(100, 200), TownType.TOWN),
    (range(200, 400), TownType.TOWNSHIP),
    (range(400, 600), TownType.OTHER),
)
VILLAGE_RANGES = (
    (range(1, 200), VillageType.RESIDENTS),
    (range(200, 400), VillageType.VILLAGERS),
    (range(400, 500), VillageType.LIKE_RESIDENTS),
    (range(500, 600), VillageType.LIKE_VILLAGERS),
)
# 001-899 base, 900-999 special: the portal's own default (domain-rules A.1).
GRID_RANGES = ((range(1, 900), GridKind.BASE), (range(900, 1000), GridKind.SPECIAL))


def _lookup(ranges, number: int):
    """Return what the range that holds ``number`` stands for; None outside all of them."""
    return next((meaning for span, meaning in ranges if number in span), None)


def is_code12(code: str) -> bool:
    """Whether the text is twelve ASCII digits."""
    return re.fullmatch(r"[0-9]{12}", code) is not None


def level_of(code12: str) -> Level:
    """Return the level that a well-formed code tells by its trailing zeros."""
    for level, digits in EFFECTIVE_DIGITS.items():
        if not code12[digits:].strip("0"):
            return level
    raise ValueError(f"{code12!r} is not a division code")


def town_type_of(code12: str) -> TownType | None:
    """Return the kind of township that digits 7-9 tell; None outside 001-599."""
    return _lookup(TOWN_RANGES, int(code12[6:9]))


def village_type_of(code12: str) -> VillageType | None:
    """Return the kind of community that digits 10-12 tell; None outside 001-599."""
    return _lookup(VILLAGE_RANGES, int(code12[9:12]))


def grid_kind_of(seq: int) -> GridKind | None:
    """Return the kind of grid that a sequence number tells; None outside 1-999."""
    return _lookup(GRID_RANGES, seq)


def parent_code_of(code12: str) -> str | None:
    """Return the code that the parent must have; None for the city."""
    parent = PARENT_LEVEL.get(level_of(code12))
    return code12[: EFFECTIVE_DIGITS[parent]].ljust(CODE_LENGTH, "0") if parent else None


def nests_in(code12: str, parent_code: str) -> bool:
    """Whether ``parent_code`` is one level up and its effective digits begin ``code12``."""
    return is_code12(parent_code) and parent_code == parent_code_of(code12)


def code_error(code12: str) -> str:
    """Return what is wrong with a division code, in Chinese for the person who typed it; empty when it is right."""
    if not is_code12(code12):
        return "区划代码须为 12 位数字"
    level = level_of(code12)
    if level in (Level.TOWN, Level.COMMUNITY) and town_type_of(code12) is None:
        return "第 7–9 位须在 001–599（街道 001–099、镇 100–199、乡 200–399、类似乡级 400–599）"
    if level == Level.COMMUNITY and village_type_of(code12) is None:
        return "第 10–12 位须在 001–599（居委会 001–199、村委会 200–399、类似居委会 400–499、类似村委会 500–599）"
    return ""
