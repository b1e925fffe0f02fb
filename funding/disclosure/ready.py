"""What disclosure registers on start."""

from governance.kernel.deadlines import on_deadline

from . import desk as _desk  # noqa: F401
from . import holds as _holds  # noqa: F401
from . import mails, permissions
from . import menu as _menu  # noqa: F401

__all__ = ["permissions"]
on_deadline("moneyquestion", mails.on_step)
