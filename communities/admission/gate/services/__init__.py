"""What goes down to communities, and how it ends. Other slices send through ``demand_send`` and nothing else (ADR 0013)."""

from .send import demand_blocked, demand_send
from .steps import demand_approve, demand_decline, demand_withdraw, settle, target_complete, targets_release

__all__ = [
    "demand_approve",
    "demand_blocked",
    "demand_decline",
    "demand_send",
    "demand_withdraw",
    "settle",
    "target_complete",
    "targets_release",
]
