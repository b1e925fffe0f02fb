"""Accounts, journals and entries of communities in five relations, for the access matrix."""

from collections.abc import Callable
from types import SimpleNamespace

from funding.ledger.services import account_for, journal_post, move
from funding.ledger.states import AccountKind, Fund, JournalKind
from governance.kernel import clock
from governance.kernel.actor import SYSTEM


def build(world: SimpleNamespace, relations: tuple[str, ...], setting: Callable, people: Callable) -> None:
    """A transfer to a community of each relation."""
    world.accounts, world.journals, world.entries = {}, {}, {}
    year = clock.today().year
    source = account_for(kind=AccountKind.SOURCE, fund=Fund.ERRAND, year=year)
    for relation in relations:
        _street, _lead, community = setting(relation)
        account = account_for(kind=AccountKind.AVAILABLE, fund=Fund.ERRAND, year=year, community=community)
        journal = journal_post(
            by=SYSTEM,
            kind=JournalKind.TRANSFER,
            memo="随事经费",
            legs=move(source, account, 100),
            key=f"access:{relation}",
        )
        world.accounts[relation], world.journals[relation] = account, journal
        world.entries[relation] = journal.entries.get(account=account)


def samples(of: Callable, one: Callable) -> dict:
    """How to address them."""
    return {
        "account": of("accounts"), "journal": of("journals"), "journal-reverse": of("journals"), "entry-way": of("entries"),
        "api-account-detail": of("accounts"), "api-journal-detail": of("journals"),
    }  # fmt: skip
