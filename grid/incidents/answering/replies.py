"""A department answers about an incident by plain mail: 处置完毕：… or 退回：… on the first line; all else is a comment.

Only what cannot be meant otherwise is a step; a question, a plan or a doubt stays a comment with the whole text and its files.
"""

from __future__ import annotations

import re

from governance.accounts.offices import addresses_of
from governance.kernel.actor import Actor
from governance.kernel.errors import Busy, DomainError
from governance.kernel.links import AnswerLink
from governance.kernel.transactions import together
from governance.whistles.inbound.act import Attachments, Outcome, join, said, sift
from governance.whistles.inbound.mime import Letter
from governance.whistles.inbound.parse import understand
from governance.whistles.inbound.quotes import own_text
from governance.whistles.inbound.wording import flat

from .. import services
from ..mails import confirm
from ..models import Incident
from .offices import incident_actor, incident_of

LABELS = {"handle": "处置完毕", "send_back": "退回"}
_BACK = re.compile(
    r"^(?:申请|予以|现|特|拟|我(?:局|单位|委|办|队|部门)|本(?:局|单位|部门))*退(?:回|件|单)(?=$|[:,.;! ])[:,.;! ]*"
)
_OBJECTS = re.compile(r"^(?:提出)?异议(?=$|[:,.;! ])[:,.;! ]*")
_ASKS = re.compile(r"\?|吗[.!,]?$|能否|可否|是否|如何|怎么")


def read(text: str) -> tuple[str, str]:
    """(handle, send_back or "", what is said of it)."""
    lines = text.strip().split("\n")
    first, rest = lines[0].strip(), "\n".join(lines[1:]).strip()
    plain = flat(first)
    if found := _BACK.match(plain) or _OBJECTS.match(plain):
        if _ASKS.search(plain):
            return "", ""
        return "send_back", f"{first[found.end() :]}\n{rest}".strip()
    intent = understand(text)
    if intent.actions == ("report_done",):
        return "handle", str(intent.fields.get("measures", ""))
    return "", ""


def find(link: AnswerLink) -> tuple[Incident | None, set[str]]:
    """The incident of a link and the addresses that may answer for it now."""
    incident = incident_of(link)
    return incident, set(addresses_of(incident and incident.department))


def actor(link: AnswerLink, incident: Incident) -> Actor | None:
    """The department, writing."""
    return incident_actor(link, incident, via="mail")


def carry_out(incident: Incident, by: Actor, key: str, letter: Letter, sender: str) -> Outcome:
    """Do what the letter asks of the incident and confirm it to the sender."""
    office, text, attached = incident.department, own_text(letter.text), sift(letter.files)
    step, words = read(text)
    outcome = _take(incident, by, step, words, text, attached)
    incident.refresh_from_db()
    confirm(
        incident=incident, office=office, address=sender, key=key, kind=outcome.kind, understood=outcome.understood,
        note=join(outcome.note, attached.note),
    )  # fmt: skip
    return outcome


def _take(incident: Incident, by: Actor, step: str, words: str, text: str, attached: Attachments) -> Outcome:
    if not step:
        _comment(incident, by, text, attached)
        return Outcome("comment", "留言")
    if not words:
        _comment(incident, by, text, attached)
        missing = "退回的理由" if step == "send_back" else "怎样处置的"
        return Outcome("refused", LABELS[step], f"还缺：{missing}。请补全后重新回复。")
    try:
        with together():
            getattr(services, f"incident_{step}")(incident=incident, by=by, note=words[:2000], files=attached.kept)
    except Busy:
        raise
    except DomainError as error:
        _comment(incident, by, text, attached)
        return Outcome("refused", LABELS[step], error.message)
    return Outcome("done", LABELS[step])


def _comment(incident: Incident, by: Actor, text: str, attached: Attachments) -> None:
    services.incident_comment(incident=incident, by=by, words=said(text, attached.kept), files=attached.kept)
