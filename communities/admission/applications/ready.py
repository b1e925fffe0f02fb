"""What applications register on start: what happens when one of their limits ends."""

from governance.kernel.deadlines import on_deadline

from .decisions import on_limit
from .services import SUBJECT

on_deadline(SUBJECT, on_limit)
