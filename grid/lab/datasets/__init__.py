"""The kinds of open data. Adding one is adding a module here."""

from . import incidents as _incidents  # noqa: F401
from . import tickets as _tickets  # noqa: F401
