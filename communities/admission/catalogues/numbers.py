"""Admission numbers: SQ-U-2026-001; the series is the catalogue's kind of place and year, and gaps are never filled."""

from ..models import AdmissionItem, Catalogue
from ..states import Place

_LETTER = {Place.URBAN: "U", Place.RURAL: "R"}


def code_of(place: str, year: int, number: int) -> str:
    """The admission number of the ``number``-th item that was admitted in ``year``."""
    return f"SQ-{_LETTER[Place(place)]}-{year}-{number:03d}"


def next_code(catalogue: Catalogue) -> str:
    """The next admission number of the catalogue's own year; the catalogue must be locked."""
    prefix = code_of(catalogue.place, catalogue.year, 0)[:-3]
    used = AdmissionItem.objects.filter(place=catalogue.place, code__startswith=prefix).values_list("code", flat=True)
    number = max((int(code.rsplit("-", 1)[1]) for code in used), default=0)
    return code_of(catalogue.place, catalogue.year, number + 1)
