"""The kernel's tables, gathered for Django."""

from .audit import AuditAnchor, AuditEvent, AuditSeal
from .clock import Holiday
from .deadlines import Deadline, DeadlineStep
from .files import StoredFile
from .health import Heartbeat
from .idempotency import IdempotencyKey
from .links import AnswerLink
from .numbering import Counter
from .outbox import OutboxMail
from .policy import PolicyRule
from .rollup import RollupDay, RollupDelta

__all__ = [
    "AnswerLink",
    "AuditAnchor",
    "AuditEvent",
    "AuditSeal",
    "Counter",
    "Deadline",
    "DeadlineStep",
    "Heartbeat",
    "Holiday",
    "IdempotencyKey",
    "OutboxMail",
    "PolicyRule",
    "RollupDay",
    "RollupDelta",
    "StoredFile",
]
