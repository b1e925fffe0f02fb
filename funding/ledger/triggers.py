"""The ledger as the database keeps it: what no service, no migration of data and no raw SQL can break (reliability.md 5, 6).

- An entry updates its account's balance in the same statement; a CHECK on the account stops an overdraft.
- A journal is judged once, when its transaction commits: all its legs are there, they add up to nothing, and they go
  a way that its kind allows. Legs cannot join later: the journal remembers its transaction, its legs are numbered.
- Months that are closed take nothing more. Nothing is ever changed or deleted; a mistake is reversed, once.
- All legs carry their journal's moment, and an account's entries follow each other in time: books of any moment add up.

Tables are named with their schema, or a temporary table of the same name would be read instead; the classes of
``guards`` take away the other ways around a trigger (ADR 25).
"""

import pgtrigger

from governance.kernel.guards import CHECK, OwnersTrigger, Protect, Trigger, append_only

from .states import MOVES, JournalKind


def _ways() -> str:
    """SQL: whether a leg of account ``a`` with amount ``e.fen`` may stand in a journal of kind NEW.kind."""
    cases = []
    for kind, (sources, targets) in MOVES.items():
        leaves, enters = (", ".join(f"'{name.value}'" for name in names) for names in (sources, targets))
        cases.append(
            f"WHEN '{kind.value}' THEN (CASE WHEN e.fen < 0 THEN a.kind IN ({leaves}) ELSE a.kind IN ({enters}) END)"
        )
    return f"(CASE NEW.kind {' '.join(cases)} ELSE NEW.kind = '{JournalKind.REVERSAL.value}' END)"


# Text, because a trigger that reads another table's columns has to name them all the same way in every migration.
journal_opens = Trigger(
    name="journal_opens",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func=f"""
        IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'ledger_isolation: an old snapshot does not see which months are closed' {CHECK};
        END IF;
        PERFORM pg_advisory_xact_lock_shared(4205, extract(year FROM NEW.day)::int * 12 + extract(month FROM NEW.day)::int);
        IF EXISTS (SELECT FROM public.funding_period WHERE year = extract(year FROM NEW.day)
                   AND month = extract(month FROM NEW.day) AND status = 'closed') THEN
            RAISE EXCEPTION 'ledger_period_closed: % is closed', to_char(NEW.day, 'YYYY-MM') {CHECK};
        END IF;
        NEW.tx := pg_current_xact_id()::text::bigint;
        RETURN NEW;
    """,
)
journal_is_whole = Trigger(
    name="journal_is_whole",
    operation=pgtrigger.Insert,
    when=pgtrigger.After,
    timing=pgtrigger.Deferred,
    declare=[("n", "int"), ("total", "bigint"), ("gain", "bigint"), ("legal", "boolean"), ("other", "int")],
    func=f"""
        SELECT count(*), coalesce(sum(e.fen), 0), coalesce(sum(e.fen) FILTER (WHERE e.fen > 0), 0), bool_and({_ways()})
        INTO n, total, gain, legal FROM public.funding_entry e JOIN public.funding_account a ON a.id = e.account_id WHERE e.journal_id = NEW.id;
        IF n < 2 OR n <> NEW.legs THEN
            RAISE EXCEPTION 'ledger_legs: journal % has % of % legs', NEW.id, n, NEW.legs {CHECK};
        END IF;
        IF total <> 0 THEN
            RAISE EXCEPTION 'ledger_unbalanced: journal % is off by %', NEW.id, total {CHECK};
        END IF;
        IF gain <> NEW.amount_fen THEN
            RAISE EXCEPTION 'ledger_amount: journal % says %, its legs %', NEW.id, NEW.amount_fen, gain {CHECK};
        END IF;
        IF NOT legal THEN
            RAISE EXCEPTION 'ledger_way: a journal of kind % may not move this money', NEW.kind {CHECK};
        END IF;
        IF NEW.reverses_id IS NOT NULL THEN
            SELECT count(*) INTO other FROM public.funding_entry o JOIN public.funding_entry e
            ON e.account_id = o.account_id AND e.fen = -o.fen AND e.journal_id = NEW.id WHERE o.journal_id = NEW.reverses_id;
            IF other <> n OR n <> (SELECT legs FROM public.funding_journal WHERE id = NEW.reverses_id)
               OR 'reversal' = (SELECT kind FROM public.funding_journal WHERE id = NEW.reverses_id) THEN
                RAISE EXCEPTION 'ledger_reversal: journal % is not the mirror of %', NEW.id, NEW.reverses_id {CHECK};
            END IF;
        END IF;
        RETURN NULL;
    """,
)
entry_posts = OwnersTrigger(
    name="entry_posts",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    declare=[("j", "public.funding_journal%ROWTYPE"), ("a", "public.funding_account%ROWTYPE")],
    func=f"""
        IF TG_RELID <> 'public.funding_entry'::regclass THEN
            RAISE EXCEPTION 'ledger_entry: only entries move balances' {CHECK};
        END IF;
        SELECT * INTO j FROM public.funding_journal WHERE id = NEW.journal_id;
        IF NOT FOUND OR j.tx <> pg_current_xact_id()::text::bigint OR NEW.line < 1 OR NEW.line > j.legs THEN
            RAISE EXCEPTION 'ledger_late_leg: journal % takes no further leg', NEW.journal_id {CHECK};
        END IF;
        UPDATE public.funding_account SET balance_fen = balance_fen + NEW.fen, entries = entries + 1,
               last_at = greatest(last_at, j.at)
        WHERE id = NEW.account_id RETURNING * INTO a;
        IF a.fund IS DISTINCT FROM j.fund THEN
            RAISE EXCEPTION 'ledger_funds_mixed: account % is of %, the journal of %', a.id, a.fund, j.fund {CHECK};
        END IF;
        IF a.year <> extract(year FROM j.day)
           AND NOT (a.year = extract(year FROM j.day) + 1 AND j.kind IN ('{JournalKind.CARRY.value}', '{JournalKind.REVERSAL.value}')) THEN
            RAISE EXCEPTION 'ledger_year: account % is of %, the journal of %', a.id, a.year, j.day {CHECK};
        END IF;
        IF a.last_at <> j.at THEN
            RAISE EXCEPTION 'ledger_moment: account % has moved since %, post again', a.id, j.at USING ERRCODE = 'serialization_failure';
        END IF;
        NEW.balance_after := a.balance_fen;
        NEW.seq := a.entries;
        NEW.at := j.at;
        RETURN NEW;
    """,
)
account_begins_empty = Trigger(
    name="account_begins_empty",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func=f"""
        IF NEW.balance_fen <> 0 OR NEW.entries <> 0 THEN
            RAISE EXCEPTION 'ledger_account: an account begins empty' {CHECK};
        END IF;
        RETURN NEW;
    """,
)
# An update from within a trigger is an entry's; the condition is cheaper than a function's call for each leg.
account_is_posted_only = Trigger(
    name="account_is_posted_only",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
    func=f"RAISE EXCEPTION 'ledger_account: balances come from entries, meanings never change' {CHECK};",
)
period_only_closes = Trigger(
    name="period_only_closes",
    operation=pgtrigger.Insert | pgtrigger.Update,
    when=pgtrigger.Before,
    func=f"""
        IF TG_OP = 'UPDATE' AND (OLD.status = 'closed' OR NEW.year <> OLD.year OR NEW.month <> OLD.month) THEN
            RAISE EXCEPTION 'ledger_period: a closed month stays closed' {CHECK};
        END IF;
        PERFORM pg_advisory_xact_lock(4205, NEW.year * 12 + NEW.month);
        RETURN NEW;
    """,
)
_NEVER = Protect(name="append_only_never_deleted", operation=pgtrigger.Delete)
_NEVER_EMPTIED = append_only()[1]
ACCOUNT = [account_begins_empty, account_is_posted_only, _NEVER, _NEVER_EMPTIED]
JOURNAL = [journal_opens, journal_is_whole, *append_only()]
ENTRY = [entry_posts, *append_only()]
PERIOD = [period_only_closes, _NEVER, _NEVER_EMPTIED]
