"""Everything that writes projects and payments."""

from .findings import finding_appeal, finding_rule
from .payments import (
    payment_ask,
    payment_edit,
    payment_step,
    supplier_set,
    voucher_add,
    vouchers_of,
)
from .projects import (
    acceptance_record,
    deliberation_record,
    notice_extend,
    notice_open,
    project_draft,
    project_edit,
    project_step,
)
from .refunds import refund_register, refund_step

__all__ = [
    "acceptance_record", "deliberation_record", "finding_appeal", "finding_rule", "notice_extend", "notice_open", "payment_ask", "payment_edit",
    "payment_step", "project_draft", "project_edit", "project_step", "refund_register", "refund_step", "supplier_set", "voucher_add",
    "vouchers_of",
]  # fmt: skip
