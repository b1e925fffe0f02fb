"""The funding app: its slices hook themselves in like those of governance."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

SLICES = ("ledger", "appropriations", "projects", "disclosure", "reports")


class FundingConfig(AppConfig):
    """Imports ``<slice>/ready.py`` where there is one."""

    name = "funding"
    verbose_name = "经费"

    def ready(self) -> None:
        for name in SLICES:
            if find_spec(f"funding.{name}.ready"):
                import_module(f"funding.{name}.ready")
