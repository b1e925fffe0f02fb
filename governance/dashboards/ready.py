"""What the dashboard registers on start."""

from . import cards as _cards  # noqa: F401
from . import menu as _menu  # noqa: F401
from . import permissions as _permissions  # noqa: F401
from .rollups import subscribe

subscribe()
