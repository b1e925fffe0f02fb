"""What the whistle loop registers on start."""

from . import desk as _desk  # noqa: F401
from . import menu as _menu  # noqa: F401
from . import permissions  # noqa: F401
from .inbound import ready as _inbound  # noqa: F401
from .mail import ready as _mail  # noqa: F401
from .scoring import ready as _scoring  # noqa: F401
from .services import cards as _cards  # noqa: F401  # what a limit's steps do
