"""What the lab registers on start."""

from . import datasets as _datasets  # noqa: F401
from . import desk as _desk  # noqa: F401
from . import menu as _menu  # noqa: F401
from . import metric_cards as _cards  # noqa: F401
from . import permissions  # noqa: F401
