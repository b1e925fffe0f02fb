"""What the public pages register on start."""

from . import menu as _menu  # noqa: F401
from . import metric_cards as _cards  # noqa: F401
