"""10,000 random sequences of operations by raw SQL as the portal's own role, each judged step by step against a model.

The services are left out on purpose: what is refused here, the database alone refuses. (Through the services:
test_post_at_random.py.) Every sequence is one call of a temporary function and is rolled back.
"""

import json
import os
from contextlib import closing

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funding.ledger.models import Account
from funding.ledger.services import account_for
from funding.ledger.states import AccountKind, Fund, JournalKind
from governance.invariants import queries
from governance.kernel import clock
from tests_support import stories
from tests_support.ledger_model import PAIRS, Books
from tests_support.ledger_raw import Raw

SEQUENCES = int(os.environ.get("LEDGER_RAW_SEQUENCES", "10000"))
# Plays steps; a refused one leaves nothing. Gives for each step "" or the refusal's first word.
PLAY = """
CREATE FUNCTION pg_temp.play(steps jsonb, day date) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE step jsonb; leg jsonb; said text[] := '{}'; made bigint[] := '{}'; j bigint; line int; back bigint;
BEGIN
    FOR step IN SELECT * FROM jsonb_array_elements(steps) LOOP
        BEGIN
            IF step ? 'late' THEN
                j := made[(step->>'late')::int];
                line := (SELECT max(e.line) FROM public.funding_entry e WHERE e.journal_id = j);
            ELSE
                back := made[(step->>'back')::int];
                INSERT INTO public.funding_journal (kind, fund, day, at, memo, key, legs, amount_fen, document_type, document_label,
                    document_url, by_label, tx, is_synthetic, reverses_id)
                VALUES (step->>'kind', step->>'fund', play.day, clock_timestamp(), 'm', step->>'key', (step->>'n')::int,
                    (step->>'amount')::bigint, '', '', '', 'raw', 0, false, back) RETURNING id INTO j;
                line := 0;
            END IF;
            FOR leg IN SELECT * FROM jsonb_array_elements(step->'legs') LOOP
                line := line + 1;
                INSERT INTO public.funding_entry (journal_id, line, account_id, fen, balance_after, seq, at)
                VALUES (j, line, (leg->>0)::bigint, (leg->>1)::bigint, 99, 99, clock_timestamp());
            END LOOP;
            SET CONSTRAINTS ALL IMMEDIATE;
            SET CONSTRAINTS ALL DEFERRED;
            made := made || j;
            said := said || ''::text;
        EXCEPTION WHEN integrity_constraint_violation OR unique_violation OR check_violation OR serialization_failure THEN
            made := made || NULL::bigint;
            said := said || split_part(SQLERRM, ':', 1);
        END;
    END LOOP;
    RETURN said;
END $$
"""
HELD = """
SELECT a.id, a.balance_fen, a.entries, coalesce(sum(e.fen), 0)::bigint, count(e.id),
       coalesce((array_agg(e.balance_after ORDER BY e.seq DESC))[1], 0), coalesce(max(e.seq), 0)
FROM public.funding_account a LEFT JOIN public.funding_entry e ON e.account_id = a.id WHERE a.id = ANY (%s) GROUP BY a.id
"""
STEPS = st.lists(st.integers(0, 2**40 - 1), min_size=2, max_size=12)


class Dice:
    """Small numbers out of a large one: hypothesis shrinks one integer a step faster than a tree of choices."""

    def __init__(self, number: int):
        self.number = number

    def __call__(self, sides: int) -> int:
        self.number, found = divmod(self.number, sides)
        return found


def step_of(number: int, position: int, books: Books) -> tuple[dict, bool, list]:
    """(what the database is told, whether it must agree, the legs that then count)."""
    roll = Dice(number)
    what, kind, key = roll(16), PAIRS[roll(len(PAIRS))], f"k{position}"
    if what < 8:
        legs = books.way(kind, roll(4), roll(4), 1 + roll(300))
        return step_as_told(kind, legs, key), books.allows(kind, legs), legs
    choose = anywhere if what < 10 else reversal if what < 12 else late if what == 12 else tricky
    return choose(roll, kind, key, books)


def anywhere(roll: Dice, kind: str, key: str, books: Books) -> tuple[dict, bool, list]:
    """Three legs between any accounts, zero and negative amounts among them."""
    first, second = roll(40) * 10 - 30, roll(40) * 10 - 30
    accounts = [books.places[roll(10)] for _ in range(3)]
    legs = list(zip(accounts, (-first - second, first, second), strict=True))
    return step_as_told(kind, legs, key), books.allows(kind, legs), legs


def reversal(roll: Dice, kind: str, key: str, books: Books) -> tuple[dict, bool, list]:
    """Take a journal back, or nearly."""
    index = roll(len(books.posted))
    row = books.posted[index]
    legs = [(account, -fen) for account, fen in row["legs"]]
    ok = row["kind"] != JournalKind.REVERSAL and not row["reversed"] and books.allows(JournalKind.REVERSAL, legs)
    if roll(6) == 0:
        legs, ok = [(legs[0][0], legs[0][1] - 1), (legs[1][0], legs[1][1] + 1), *legs[2:]], False
    return step_as_told(JournalKind.REVERSAL, legs, key) | {"back": row["place"], "index": index}, ok, legs


def late(roll: Dice, kind: str, key: str, books: Books) -> tuple[dict, bool, list]:
    """One more leg for a journal that is there, or two that balance."""
    row, fen = books.posted[roll(len(books.posted))], 1 + roll(9)
    legs = [(books.places[roll(10)], fen), (books.places[roll(10)], -fen)][: 1 + roll(2)]
    return {"late": row["place"], "legs": [[account.pk, fen] for account, fen in legs]}, False, legs


def tricky(roll: Dice, kind: str, key: str, books: Books) -> tuple[dict, bool, list]:
    """A movement that would be right but for one thing."""
    legs = books.way(kind, roll(4), roll(4), 1 + roll(300))
    told = step_as_told(kind, legs, key)
    (first, fen), (second, _) = legs
    tricks = [
        step_as_told(kind, [(first, fen), (second, 1 - fen)], key),
        step_as_told(kind, legs[:1], key) | {"amount": -fen},
        told | {"amount": 1 - fen},
        told | {"n": 3},
        told | {"key": books.posted[0]["key"]},
        told | {"kind": JournalKind.REVERSAL},
        told | {"kind": "nonsense"},
    ]
    return tricks[roll(len(tricks))], False, legs


def step_as_told(kind: str, legs: list, key: str) -> dict:
    """A plain journal."""
    return {
        "kind": kind, "fund": legs[0][0].fund, "key": key, "n": len(legs), "amount": sum(fen for _, fen in legs if fen > 0),
        "legs": [[row.pk, fen] for row, fen in legs],
    }  # fmt: skip


def agree(books: Books, told: dict, place: int, legs: list) -> None:
    """The model follows what must have been posted."""
    books.book(legs)
    if "index" in told:
        books.posted[told["index"]]["reversed"] = True
    books.posted.append({"kind": told["kind"], "legs": legs, "key": told["key"], "place": place, "reversed": False})


@pytest.fixture
def places(throwaway_db) -> list[Account]:
    """Ten accounts of two funds and all kinds."""
    place = stories.street().children.filter(level="community").first()
    year, mass, office = clock.today().year, Fund.SERVICE_MASS, Fund.OFFICE

    def account(kind, fund=mass, **more):
        return account_for(kind=kind, fund=fund, year=year, **more)

    return [
        account(AccountKind.SOURCE), account(AccountKind.AVAILABLE), account(AccountKind.AVAILABLE, unit=place.unit),
        account(AccountKind.AVAILABLE, community=place), account(AccountKind.PROJECT, community=place, project="P1"),
        account(AccountKind.RESERVED, community=place, project="P1"), account(AccountKind.PAID, community=place, project="P1"),
        account(AccountKind.TRANSIT, community=place), account(AccountKind.SOURCE, office), account(AccountKind.AVAILABLE, office),
    ]  # fmt: skip


def told_and_expected(numbers: list[int], books: Books) -> tuple[list[dict], list[bool]]:
    """The steps of a sequence, the starting money first; the model moves on with what must be posted."""
    steps, expected = [], []

    def take(told: dict, ok: bool, legs: list) -> None:
        steps.append(told)
        expected.append(ok)
        if ok:
            agree(books, told, len(steps), legs)

    for kind, legs in books.start():
        take(step_as_told(kind, legs, f"start:{kind}"), True, legs)
    for position, number in enumerate(numbers):
        take(*step_of(number, position, books))
    return steps, expected


def play(raw: Raw, places: list[Account], numbers: list[int], thorough: bool) -> tuple[list[str], list[bool]]:
    """One sequence; nothing of it stays."""
    books = Books(places)
    steps, expected = told_and_expected(numbers, books)
    try:
        said = raw.run("SELECT pg_temp.play(%s, %s)", [json.dumps(steps), clock.today()])[0][0]
        assert [word == "" for word in said] == expected, list(zip(steps, said, expected, strict=True))
        held = raw.run(HELD, [[row.pk for row in places]])
        broken = (
            [name for name, sql in queries().items() if name.startswith("ledger") and raw.run(sql)] if thorough else []
        )
    finally:
        raw.link.rollback()
    assert broken == []
    for pk, balance, entries, summed, count, last, seq in held:
        assert balance == summed == last == books.balances[pk]
        assert entries == count == seq
    assert sum(row[1] for row in held) == 0
    return said, expected


def sweep() -> None:
    """Take the rolled-back rows away."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM funding_entry, funding_journal, funding_account")


@pytest.mark.timeout(900)
def test_ten_thousand_sequences_leave_the_books_right(places, throwaway_db):
    raw = Raw(throwaway_db)
    played = {"sequences": 0, "posted": 0, "refused": 0}
    refusals: set[str] = set()

    @settings(
        max_examples=SEQUENCES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(STEPS)
    def sequence(numbers):
        if played["sequences"] % 500 == 499:  # what was rolled back slows down the unique indexes
            sweep()
        said, expected = play(raw, places, numbers, thorough=played["sequences"] % 100 == 0)
        refusals.update(word for word in said if word)
        played["sequences"] += 1
        played["posted"] += sum(expected)
        played["refused"] += len(expected) - sum(expected)

    with closing(raw.link):
        raw.run(PLAY)
        raw.run("SET enable_seqscan = off; SET jit = off")
        raw.link.commit()
        sequence()
    print(played, sorted(refusals))
    assert played["sequences"] >= SEQUENCES
    assert played["posted"] > 3 * SEQUENCES
    assert played["refused"] > SEQUENCES
    words = " ".join(refusals)
    for rule in ("ledger_unbalanced", "ledger_legs", "ledger_late_leg", "ledger_way", "ledger_amount", "ledger_reversal",
                 "ledger_funds_mixed", "account_no_overdraft", "funding_journal_key_key", "entry_account_once", "entry_not_zero"):  # fmt: skip
        assert rule in words, rule
