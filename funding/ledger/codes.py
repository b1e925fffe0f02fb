"""The official classifications of government revenue and expenditure, as far as this money uses them (data/codes.toml)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("data") / "codes.toml"


@dataclass(frozen=True)
class Code:
    """``forbidden`` is why service money may not be spent on it (八用七不用); "" where it may."""

    code: str
    name: str
    forbidden: str = ""


@cache
def _file() -> dict[str, dict[str, Code]]:
    data = tomllib.loads(PATH.read_text(encoding="utf-8"))
    return {group: {row["code"]: Code(**row) for row in rows} for group, rows in data.items()}


def function_codes() -> dict[str, Code]:
    """功能分类 by code."""
    return _file()["function"]


def economic_codes() -> dict[str, Code]:
    """经济分类 by code."""
    return _file()["economic"]


def name_of(code: str) -> str:
    """Code and name, as officials read them; the bare code when it is not in the file."""
    found = function_codes().get(code) or economic_codes().get(code)
    return f"{code} {found.name}" if found else code
