"""A department that acts without an account, by a mailed link or a plain reply: its addresses, and who it is then."""

from governance.kernel.actor import Actor, Post
from governance.kernel.links import AnswerLink
from governance.territory.models import Department

from .roles import Role

DOORS = {"link": "链接", "mail": "邮件"}


def addresses_of(*offices: Department | None) -> dict[str, Department]:
    """Every registered address of these offices, in lower case, and whose it is; of two with one address the later."""
    return {
        address.lower(): office
        for office in offices
        if office
        for address in [*office.alternate_emails, office.email]
        if address
    }


def office_actor(link: AnswerLink, offices: dict[str, Department], via: str = "link") -> Actor | None:
    """The office among ``addresses_of(…)`` that holds ``link``, as an actor; None when the address is none of theirs (any more).

    ``via`` is "link" or "mail". The right follows the registered address: whoever changes it takes it from the old one.
    """
    office = offices.get(link.recipient.lower())
    if office is None:
        return None
    return Actor(
        label=f"{office.short_name}（{DOORS[via]}）", via=via, address=link.recipient,
        posts=(Post(role=Role.DEPT_HANDLER, department_id=office.pk),),
    )  # fmt: skip
