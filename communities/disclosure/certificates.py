"""The guide 应由谁开: reference data read once from ``certificates.toml``."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DOCUMENT = "民发〔2020〕20号（民政部等六部门）"


@dataclass(frozen=True)
class Certificate:
    """One certificate that a community must not issue, and who does."""

    slug: str
    name: str
    issuer: str
    how: str


@cache
def certificates() -> tuple[Certificate, ...]:
    """All of them, in the order of the document."""
    path = Path(__file__).with_suffix(".toml")
    return tuple(Certificate(**row) for row in tomllib.loads(path.read_text(encoding="utf-8"))["certificate"])


def certificate_find(slug: str) -> Certificate | None:
    """One of them, or None."""
    return next((row for row in certificates() if row.slug == slug), None)


def certificates_matching(words: str) -> list[Certificate]:
    """Those whose name, issuer or way contains every one of the words; all without any."""
    parts = words.split()
    return [row for row in certificates() if all(part in row.name + row.issuer + row.how for part in parts)]
