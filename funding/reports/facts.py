"""What a payment is to the risk rules. Pure, so that the rules can be read and tested without a database."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Payment:
    """One payment made: ``payee`` in full ("" unknown), ``label`` and ``url`` of its document, ``place`` the community's name."""

    community: int
    place: str
    payee: str
    fen: int
    day: date
    label: str
    url: str


@dataclass(frozen=True)
class Finding:
    """One line of the risk list: what was found, on which document, by which rule."""

    risk: str
    text: str
    place: str
    fen: int
    day: date
    label: str
    url: str
