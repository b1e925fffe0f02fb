"""What the whistle loop registers on start."""

from . import menu as _menu  # noqa: F401
from . import permissions  # noqa: F401
from .inbound import ready as _inbound  # noqa: F401
from .mail import ready as _mail  # noqa: F401
