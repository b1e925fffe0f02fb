"""Whose money of which year a report is about: the city, a unit, a street, a community, or one project."""

from dataclasses import dataclass

from django.db.models import Q

from funding.ledger.states import Fund
from governance.territory.models import Division, ManagementUnit


@dataclass(frozen=True)
class Scope:
    """``place`` is a unit, a street, a community or None (the city); ``fund`` "" stands for all; ``project`` narrows to one."""

    year: int
    unit: ManagementUnit | None = None
    street: Division | None = None
    community: Division | None = None
    fund: str = ""
    project: str = ""

    def within(self, prefix: str = "") -> Q:
        """Rows with unit, street and community columns that lie in it."""
        place = (
            ("community", self.community)
            if self.community
            else ("street", self.street)
            if self.street
            else ("unit", self.unit)
        )
        return Q(**{f"{prefix}{place[0]}": place[1]}) if place[1] else Q()

    def accounts(self, prefix: str = "") -> Q:
        """Accounts of its year, place, fund and project."""
        found = Q(**{f"{prefix}year": self.year}) & self.within(prefix)
        if self.fund:
            found &= Q(**{f"{prefix}fund": self.fund})
        return found & Q(**{f"{prefix}project": self.project}) if self.project else found

    @property
    def place(self):
        """The narrowest place; None is the city."""
        return self.community or self.street or self.unit

    @property
    def label(self) -> str:
        """As it reads."""
        fund = Fund(self.fund).label if self.fund else "各项经费"
        return f"{self.place or '全市'} {self.year} 年{fund}{f' 项目 {self.project}' if self.project else ''}"
