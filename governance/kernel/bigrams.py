"""Search by words in Chinese text, through an index (ADR 0023).

Every two neighbouring characters are a lexeme with its position, so that words are found wherever they stand, two-character
words included, which trigrams cannot find; one character is found as the beginning of a pair. Case, width and blanks do not count.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from django.db import models
from django.db.models.lookups import Lookup

SKIPPED = r"[\s'\\]+"  # blanks never count; quotes and backslashes would end a lexeme
END = "|"  # the last character has a neighbour too


class BigramsField(models.Field):
    """A tsvector of ``bigrams_sql``; ``filter(field__says=words)`` finds it. Written by SQL only."""

    description = "Pairs of neighbouring characters"

    def db_type(self, connection) -> str:
        """PostgreSQL's type."""
        return "tsvector"


@BigramsField.register_lookup
class Says(Lookup):
    """``__says``: each of the words (between blanks) is in the text; what has no words is in every text."""

    lookup_name = "says"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        """``@@`` with the words as a tsquery."""
        left, values = self.process_lhs(compiler, connection)
        query = bigrams_query(self.rhs)
        return (f"{left} @@ %s::tsquery", [*values, query]) if query else ("true", [])


def bigrams_query(words: str) -> str:
    """The words as text of a tsquery, "" for none. A word is its pairs in a row, so that it is found as written."""
    return " & ".join(_phrase(word) for part in words.split() if (word := fold(part)))


def fold(text: str) -> str:
    """What is compared: NFKC, lower case, without blanks; the same as in ``bigrams_sql``."""
    return re.sub(SKIPPED, "", unicodedata.normalize("NFKC", text).lower())


def _phrase(word: str) -> str:
    if len(word) == 1:
        return f"'{word}':*"
    return "(" + " <-> ".join(f"'{one}{two}'" for one, two in pairwise(word)) + ")"


def bigrams_sql(*columns: str) -> str:
    """SQL of the tsvector of some text columns, each a text of its own."""
    text = ", ".join([f"coalesce({column}, '')" for column in columns])
    skipped = SKIPPED.replace("'", "''")
    return f"""(
        SELECT coalesce(string_agg(format('''%%s'':%%s', one || two, n), ' '), '')::tsvector
        FROM (SELECT string_to_array(regexp_replace(
            lower(normalize(concat_ws('{END}', {text}, ''), NFKC)), '{skipped}', '', 'g'), NULL) AS all_of) folded
        CROSS JOIN LATERAL unnest(all_of, all_of[2:]) WITH ORDINALITY AS pairs (one, two, n) WHERE two IS NOT NULL
    )"""
