"""Addresses of the lists behind figures: the same unit and days as the figure."""

from urllib.parse import urlencode

from django.urls import reverse

from governance.territory.models import ManagementUnit

from .periods import Period


class Links:
    """Builds addresses for one unit (None: the city) and period."""

    def __init__(self, unit: ManagementUnit | None, period: Period):
        self.place = {"unit": unit.code} if unit else {}
        self.days = {"from": str(period.first), "to": str(period.last)}
        self.query = period.query
        self.lists = {name: reverse(name) for name in ("tickets", "dashboard-tickets", "dashboard-whistles")}

    def now(self, **chosen) -> str:
        """The ordinary ticket list, as it stands now."""
        return f"{self.lists['tickets']}?{urlencode(self.place | chosen)}"

    def late(self, **chosen) -> str:
        """Tickets that are overdue with their department."""
        return f"{self.lists['dashboard-tickets']}?{urlencode({'measure': 'late'} | self.place | chosen)}"

    def tickets(self, measure: str, **chosen) -> str:
        """Tickets that were counted as ``measure`` (or a group of measures) in the period."""
        return f"{self.lists['dashboard-tickets']}?{urlencode({'measure': measure} | self.days | self.place | chosen)}"

    def whistles(self, measure: str = "whistle", **chosen) -> str:
        """Whistles that were counted."""
        return f"{self.lists['dashboard-whistles']}?{urlencode({'measure': measure} | self.days | self.place | chosen)}"

    def dashboard(self, unit: ManagementUnit) -> str:
        """A unit's dashboard over the same period."""
        return f"{reverse('dashboard-unit', args=[unit.code])}?{urlencode(self.query)}"
