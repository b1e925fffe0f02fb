"""Fifty people press at once."""

from governance.whistles.models import Ticket
from tests_support.databases import at_once


def test_a_throwaway_database_has_the_cast_and_really_commits(throwaway_db):
    ticket = throwaway_db.make_ticket("handling")
    assert at_once(3, lambda number: Ticket.objects.get(pk=ticket.pk).status) == ["handling"] * 3
