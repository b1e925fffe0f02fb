"""The communities app: its slices hook themselves in like those of governance."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

SLICES = ("admission", "signboards", "disclosure")


class CommunitiesConfig(AppConfig):
    """Imports ``<slice>/ready.py`` where there is one."""

    name = "communities"
    verbose_name = "社区"

    def ready(self) -> None:
        for name in SLICES:
            if find_spec(f"communities.{name}.ready"):
                import_module(f"communities.{name}.ready")
