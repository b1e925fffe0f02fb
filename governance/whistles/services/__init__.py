"""The public face of the whistle loop: everything that writes. Keyword-only, one transaction each.

Pages, links, mail replies, the API, the tasks and the demo city all call these and nothing else.
"""

from .answer import (
    ticket_accept,
    ticket_arrive,
    ticket_ask_extension,
    ticket_ask_hold,
    ticket_comment,
    ticket_consult,
    ticket_contact,
    ticket_minute,
    ticket_object,
    ticket_report_done,
    ticket_write_off,
)
from .cards import card_explain, deadline_step
from .decide import (
    extension_grant,
    extension_refuse,
    hold_continue,
    hold_grant,
    hold_refuse,
    hold_resume,
    objection_not_whistle,
    objection_reassign,
    objection_uphold,
)
from .merge import whistle_merge, whistle_unmerge
from .verify import ticket_lapse, ticket_rate, ticket_rework, ticket_verify, whistles_archive
from .whistle import (
    whistle_approve,
    whistle_blow,
    whistle_decline,
    whistle_dispatch,
    whistle_edit,
    whistle_return,
    whistle_submit,
    whistle_withdraw,
)

__all__ = [
    "card_explain",
    "deadline_step",
    "extension_grant",
    "extension_refuse",
    "hold_continue",
    "hold_grant",
    "hold_refuse",
    "hold_resume",
    "objection_not_whistle",
    "objection_reassign",
    "objection_uphold",
    "ticket_accept",
    "ticket_arrive",
    "ticket_ask_extension",
    "ticket_ask_hold",
    "ticket_comment",
    "ticket_consult",
    "ticket_contact",
    "ticket_lapse",
    "ticket_minute",
    "ticket_object",
    "ticket_rate",
    "ticket_report_done",
    "ticket_rework",
    "ticket_verify",
    "ticket_write_off",
    "whistle_approve",
    "whistle_blow",
    "whistle_decline",
    "whistle_dispatch",
    "whistle_edit",
    "whistle_merge",
    "whistle_return",
    "whistle_submit",
    "whistle_unmerge",
    "whistle_withdraw",
    "whistles_archive",
]
