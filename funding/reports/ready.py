"""What the reports register on start."""

from . import menu as _menu  # noqa: F401
from . import metric_cards as _cards  # noqa: F401
from . import permissions  # noqa: F401
