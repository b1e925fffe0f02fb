"""Everything of collection that writes."""

from .dispatch import form_dispatch, form_join
from .elements import element_revise, elements_load
from .facts import FactInput, fact_correct, facts_feed, facts_record
from .forms import FormInput, form_approve, form_decline, form_draft, form_edit, form_submit
from .parts import part_submit
from .steps import form_summarise, form_withdraw, forms_sweep
from .takings import facts_take

__all__ = [
    "FactInput",
    "FormInput",
    "element_revise",
    "elements_load",
    "fact_correct",
    "facts_feed",
    "facts_record",
    "facts_take",
    "form_approve",
    "form_decline",
    "form_dispatch",
    "form_draft",
    "form_edit",
    "form_join",
    "form_submit",
    "form_summarise",
    "form_withdraw",
    "forms_sweep",
    "part_submit",
]
