"""Mail to departments: what each event says, to whom, and the confirmation of what a reply was taken for."""

from .notices import confirm, on_event, renew
from .render import DELIMITER

__all__ = ["DELIMITER", "confirm", "on_event", "renew"]
