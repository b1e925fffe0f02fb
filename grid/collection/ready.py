"""What collection registers on start."""

from communities.admission.gate import doors
from communities.disclosure import providers
from governance import redlines
from governance.kernel.events import subscribe
from governance.kernel.links import PAGES

from . import desk as _desk  # noqa: F401
from . import mails, permissions  # noqa: F401
from . import menu as _menu  # noqa: F401
from .answering import SUBJECT
from .audit import form_rule_breaches
from .door import part_url
from .measures import paper_lines, paper_table
from .services import steps

subscribe("form.answer", mails.on_answer)
subscribe("form.summarise", mails.on_summarise)
subscribe("form.reopen", mails.on_reopen)
subscribe("demand.send", steps.on_demand_sent)
subscribe("demand.decline", steps.on_demand_ended)
subscribe("demand.withdraw", steps.on_demand_ended)
subscribe("target.complete", steps.on_target_complete)
subscribe("refusal.withdraw", steps.on_refusal_ended)
subscribe("refusal.uphold", steps.on_refusal_ended)
PAGES[SUBJECT] = "answer-form"
doors.register(part_url)
providers.register(paper_lines)
providers.register_table(paper_table)
redlines.register(form_rule_breaches)
