"""What projects register on start."""

from governance.kernel.deadlines import on_deadline
from governance.kernel.events import subscribe
from governance.kernel.files import READERS

from . import desk as _desk  # noqa: F401
from . import mails, permissions  # noqa: F401
from . import menu as _menu  # noqa: F401
from .selectors import sees_payment, sees_project, sees_refund

READERS["project"] = sees_project
READERS["paymentrequest"] = sees_payment
READERS["refund"] = sees_refund
for _event, _handler in mails.HANDLERS.items():
    subscribe(_event, _handler)
on_deadline("project", mails.on_step)
on_deadline("paymentrequest", mails.on_step)
