"""The grid app: its slices hook themselves in like those of governance."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

SLICES = ("boundaries", "incidents", "incidents.phone", "collection", "lab", "open311")


class GridConfig(AppConfig):
    """Imports ``<slice>/ready.py`` where there is one."""

    name = "grid"
    verbose_name = "网格"

    def ready(self) -> None:
        for name in SLICES:
            if find_spec(f"grid.{name}.ready"):
                import_module(f"grid.{name}.ready")
