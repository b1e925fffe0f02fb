"""What entitlements and disbursements register on start."""

from . import desk as _desk  # noqa: F401
from . import menu as _menu  # noqa: F401
from . import metric_cards as _metric_cards  # noqa: F401
from . import permissions  # noqa: F401
