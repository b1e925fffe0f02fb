"""What disclosure registers on start."""

from . import desk as _desk  # noqa: F401
from . import holds as _holds  # noqa: F401
from . import menu as _menu  # noqa: F401
from . import permissions  # noqa: F401
