"""What admission registers on start."""

from . import desk as _desk  # noqa: F401
from . import menu as _menu  # noqa: F401
from . import permissions  # noqa: F401
from .applications import ready as _applications  # noqa: F401
from .gate import ready as _gate  # noqa: F401
