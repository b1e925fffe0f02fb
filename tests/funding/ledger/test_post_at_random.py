"""Random sequences of postings through the services against a model of the books.

250 of them in the suite, ``LEDGER_SEQUENCES=10000`` runs as many as the 10,000 of raw SQL in test_ten_thousand_sequences.py.
"""

import os

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funding.ledger.models import Account, Entry, Journal
from funding.ledger.services import Leg, journal_post, journal_reverse
from funding.ledger.states import AccountKind, Fund, JournalKind
from governance.invariants import queries
from governance.kernel.actor import SYSTEM
from governance.kernel.errors import DomainError
from tests_support.ledger_model import PAIRS, Books

pytestmark = pytest.mark.django_db
SEQUENCES = int(os.environ.get("LEDGER_SEQUENCES", "250"))
PLACES = 10
AMOUNT = st.integers(min_value=-2, max_value=300)
WAY = st.tuples(st.just("way"), st.sampled_from(PAIRS), st.integers(0, 3), st.integers(0, 3), st.integers(1, 200))
ANY = st.integers(0, PLACES - 1)
WILD = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(PAIRS), ANY, ANY, AMOUNT),
    st.tuples(st.just("split"), st.sampled_from(PAIRS), st.lists(ANY, min_size=3, max_size=3), AMOUNT, AMOUNT),
    st.tuples(st.just("lopsided"), ANY, ANY, AMOUNT),
)
AGAIN = st.one_of(st.tuples(st.just("reverse"), st.integers(0, 8)), st.tuples(st.just("repeat"), st.integers(0, 8)))
STEP = st.integers(0, 9).flatmap(lambda n: WAY if n < 6 else AGAIN if n < 8 else WILD)


@pytest.fixture
def places(purse) -> list[Account]:
    """Ten accounts of two funds and all kinds."""
    other = [
        purse.account(AccountKind.SOURCE, fund=Fund.OFFICE),
        purse.account(AccountKind.AVAILABLE, fund=Fund.OFFICE),
    ]
    rows = [
        purse.source,
        purse.city,
        purse.unit,
        purse.community,
        purse.project,
        purse.reserved,
        purse.paid,
        purse.transit,
    ]
    return [*rows, *other]


def attempt(books: Books, expected: bool, work):
    """Do it in its own savepoint; it succeeds exactly when the model says so."""
    try:
        with transaction.atomic():
            found = work()
    except DomainError:
        assert not expected
        return None
    assert expected
    return found


def play(books: Books, number: int, step: tuple) -> None:
    """One step on the ledger and on the model."""
    what = step[0]
    if what in ("reverse", "repeat"):
        if step[1] < len(books.posted):
            (again if what == "repeat" else take_back)(books, step[1])
        return
    kind, legs = legs_of(books, step)
    ok = books.allows(kind, legs)
    key = f"step:{number}"

    def post():
        return journal_post(by=SYSTEM, kind=kind, memo="抽样", legs=[Leg(*leg) for leg in legs], key=key)

    if journal := attempt(books, ok, post):
        books.book(legs)
        books.posted.append({"journal": journal, "kind": kind, "legs": legs, "key": key, "reversed": False})


def legs_of(books: Books, step: tuple) -> tuple[str, list[tuple[Account, int]]]:
    """Kind and legs of a step."""
    places = books.places
    if step[0] == "way":  # one that may be gone, if the money is there
        _, kind, frm, to, fen = step
        return kind, books.way(kind, frm, to, fen)
    if step[0] == "move":
        _, kind, frm, to, fen = step
        return kind, [(places[frm], -fen), (places[to], fen)]
    if step[0] == "split":
        _, kind, (frm, one, two), first, second = step
        return kind, [(places[frm], -first - second), (places[one], first), (places[two], second)]
    _, frm, to, fen = step
    return JournalKind.APPROPRIATE, [(places[frm], -fen), (places[to], fen + 1)]


def again(books: Books, index: int) -> None:
    """The same event is told twice: the first journal is the answer."""
    row = books.posted[index]
    if row["kind"] == JournalKind.REVERSAL:
        return
    legs = [Leg(*leg) for leg in row["legs"]]
    assert journal_post(by=SYSTEM, kind=row["kind"], memo="再报", legs=legs, key=row["key"]) == row["journal"]


def take_back(books: Books, index: int) -> None:
    """Reverse one, if it can be."""
    row = books.posted[index]
    mirror = [(account, -fen) for account, fen in row["legs"]]
    ok = row["kind"] != JournalKind.REVERSAL and not row["reversed"] and books.allows(JournalKind.REVERSAL, mirror)
    if row["reversed"]:  # the same reversal told twice is one reversal
        assert journal_reverse(by=SYSTEM, journal=row["journal"], reason="再冲") == row["reversed"]
        return
    if found := attempt(books, ok, lambda: journal_reverse(by=SYSTEM, journal=row["journal"], reason="冲销")):
        books.book(mirror)
        row["reversed"] = found
        books.posted.append(
            {"journal": found, "kind": JournalKind.REVERSAL, "legs": mirror, "key": "", "reversed": False}
        )


def settle(books: Books) -> None:
    """The deferred checks agree, the ledger holds what the model holds, and the invariants stand."""
    ids = list(books.balances)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SELECT account_id, sum(fen) FROM funding_entry WHERE account_id = ANY (%s) GROUP BY 1", [ids])
        summed = {pk: int(fen) for pk, fen in cursor.fetchall()}
        for name, sql in queries().items():
            if name.startswith("ledger"):
                cursor.execute(sql)
                assert cursor.fetchall() == [], name
    kept = dict(Account.objects.filter(pk__in=ids).values_list("pk", "balance_fen"))
    assert kept == books.balances == {pk: summed.get(pk, 0) for pk in ids}
    assert sum(kept.values()) == 0


def begin(books: Books) -> None:
    """Some money everywhere that money may lie."""
    for kind, legs in books.start():
        journal_post(by=SYSTEM, kind=kind, memo="起始", key=f"start:{kind}", legs=[Leg(*leg) for leg in legs])
        books.book(legs)


@pytest.mark.timeout(3600)
def test_any_sequence_leaves_the_books_right(places):
    played = {"sequences": 0, "posted": 0, "refused": 0}

    @settings(max_examples=SEQUENCES, deadline=None, derandomize=SEQUENCES < 1000, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.lists(STEP, min_size=2, max_size=14))
    def sequence(steps):
        books = Books(places)
        with transaction.atomic():
            begin(books)
            for number, step in enumerate(steps):
                play(books, number, step)
            settle(books)
            played["sequences"] += 1
            played["posted"] += len(books.posted)
            played["refused"] += len(steps) - len(books.posted)
            transaction.set_rollback(True)

    sequence()
    print(played)
    assert played["sequences"] >= SEQUENCES * 0.9 and played["posted"] > played["sequences"] / 2
    assert Entry.objects.count() == Journal.objects.count() == 0
