"""Everything that writes entitlements and disbursements."""

from .batches import bank_file, batch_draft, batch_export, batch_redraft, batch_step
from .closing import closing_opens, year_close, year_close_preview
from .errands import errand_return, errand_transfer
from .payees import payee_set, payees_load
from .returns import return_apply, return_preview
from .runs import run_calculate, run_recalculate, run_step

__all__ = [
    "bank_file", "batch_draft", "batch_export", "batch_redraft", "batch_step", "closing_opens", "errand_return", "errand_transfer", "payee_set",
    "payees_load", "return_apply", "return_preview", "run_calculate", "run_recalculate", "run_step", "year_close",
    "year_close_preview",
]  # fmt: skip
