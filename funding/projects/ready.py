"""What projects register on start."""

from governance.kernel.files import READERS

from . import desk as _desk  # noqa: F401
from . import menu as _menu  # noqa: F401
from . import permissions  # noqa: F401
from .selectors import sees_payment, sees_project

READERS["project"] = sees_project
READERS["paymentrequest"] = sees_payment
