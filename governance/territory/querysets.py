"""QuerySets of the territory. Places and offices are public inside the portal, so scope is simply being signed in."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from governance.kernel.scope import PublicQuerySet


class ValidityQuerySet(PublicQuerySet):
    """Rows that hold from ``valid_from`` up to but excluding ``valid_to``."""

    def valid_on(self, day: date):
        """Return the rows in force on a day."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


class DivisionQuerySet(ValidityQuerySet):
    """Divisions by level."""

    def cities(self):
        """Return the city's row."""
        return self.filter(level="city")

    def counties(self):
        """Return the statutory districts, counties and county-level cities."""
        return self.filter(level="county")

    def streets(self):
        """Return the township level: streets, towns, townships and similar."""
        return self.filter(level="town")

    def communities(self):
        """Return the communities and villages."""
        return self.filter(level="community")


class GridQuerySet(PublicQuerySet):
    """Grids; one that was ended keeps its code and its history."""

    def in_use(self):
        """Return the grids that have not ended."""
        return self.filter(ended_on=None)


class DepartmentQuerySet(PublicQuerySet):
    """Departments by level."""

    def active(self):
        """Return the departments that can be addressed."""
        return self.filter(is_active=True)

    def stations(self):
        """Return the stations that departments keep in streets."""
        return self.filter(level="station")
