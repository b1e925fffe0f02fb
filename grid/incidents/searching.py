"""Searching incidents by words, and the sweep that fills the index, so that neither a report nor a step pays for it (ADR 0023)."""

from __future__ import annotations

from django.db import connection
from django.db.models import Max

from governance.kernel.bigrams import bigrams_query, bigrams_sql

from .models import IncidentText
from .querysets import IncidentQuerySet

BATCH = 2000
LATE = 20_000  # ids are not committed in their order; more than are given out while a statement may run (30 s)
SQL = f"""
INSERT INTO grid_incidenttext (incident_id, bigrams)
SELECT id, {bigrams_sql("number", "place", "words")} FROM (
    SELECT * FROM grid_incident i
    WHERE id > (SELECT coalesce(max(incident_id), 0) - %(late)s FROM grid_incidenttext)
        AND NOT EXISTS (SELECT FROM grid_incidenttext t WHERE t.incident_id = i.id)
    ORDER BY id LIMIT %(limit)s
) missing
ON CONFLICT DO NOTHING
"""
PROBED, COMMON = 5000, 10  # of so many incidents, the newest, so many make a word common


def saying(rows: IncidentQuerySet, words: str) -> IncidentQuerySet:
    """Those whose number, place or words say all the words. Reads the newest incidents (and, of a rare word, the index) at once.

    A page of a common word is found by walking back from the newest; the index would gather them all first. A rare word would
    have the walk read everything. PostgreSQL knows no frequency of rare words, so that it is looked at here.
    """
    if not bigrams_query(words):
        return rows
    newest, said = (
        IncidentText.objects.aggregate(newest=Max("pk"))["newest"],
        IncidentText.objects.filter(bigrams__says=words),
    )
    if newest and said.filter(pk__gt=newest - PROBED).count() >= COMMON:
        return rows.filter(text__bigrams__says=words)
    return rows.filter(pk__in=list(said.values_list("pk", flat=True)))


def words_index(*, limit: int = BATCH) -> int:
    """Index up to ``limit`` incidents that are not yet, the oldest first; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"late": LATE, "limit": limit})
        return cursor.rowcount
