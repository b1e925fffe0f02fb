"""How a rule's value and unit read in Chinese, and how a value is typed."""

import json
from typing import Any

from ..clock import Unit

UNITS = {**{unit.value: unit.label for unit in Unit}, "percent": "%", "yuan": "元"}


def unit_cn(unit: str) -> str:
    """A unit's Chinese name; one that has none here is written as it is."""
    return UNITS.get(unit, unit)


def value_cn(value: Any, unit: str = "") -> str:
    """A value in one line: 15 分钟, 08:30–11:30、13:00–17:00, 签收 0.4；报到 0.6."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "；".join(f"{name} {value_cn(part)}" for name, part in value.items())
    if isinstance(value, list):
        if value and all(isinstance(part, list) and len(part) == 2 for part in value):
            return "、".join(f"{first}–{last}" for first, last in value)
        return "、".join(value_cn(part) for part in value)
    return f"{value} {unit_cn(unit)}".strip()


def typed(value: Any) -> str:
    """A value as it stands in the field: a number plain, all else as JSON."""
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value


def read(text: str, like: Any) -> Any:
    """Read a typed value back; a text stays text where the rule holds one. ValueError when it cannot be read."""
    if isinstance(like, str):
        return text
    return json.loads(text, parse_constant=_refuse)


def _refuse(name: str):
    raise ValueError(name)
