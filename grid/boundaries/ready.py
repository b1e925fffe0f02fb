"""What the grids register on start."""

from . import menu as _menu  # noqa: F401
from . import metric_cards as _metric_cards  # noqa: F401
from . import permissions  # noqa: F401
from .importing import importer as _importer  # noqa: F401
