"""What disclosure registers on start."""

from . import holds as _holds  # noqa: F401
from . import permissions  # noqa: F401
