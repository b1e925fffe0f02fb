"""The governance app: on start every slice registers its permissions, menu, metric cards and handlers."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

SLICES = ("kernel", "territory", "accounts", "whistles", "leadership", "suggestions", "dashboards")


class GovernanceConfig(AppConfig):
    """Imports ``<slice>/ready.py`` where there is one: the only place where a slice hooks itself in."""

    name = "governance"
    verbose_name = "治理"

    def ready(self) -> None:
        for name in SLICES:
            if find_spec(f"governance.{name}.ready"):
                import_module(f"governance.{name}.ready")
