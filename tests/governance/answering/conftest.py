"""Links of a ticket, as the mails carry them."""

import pytest

from governance.kernel.links import link_for, token_of
from governance.territory.models import Department


@pytest.fixture
def address_of(street):
    """``address_of(ticket)``: the link page's address for the department, or for ``recipient``."""

    def make(ticket, recipient: str = "") -> str:
        link = link_for(subject_type="ticket", subject_id=ticket.pk, recipient=recipient or ticket.department.email)
        return f"/answer/{token_of(link)}/"

    return make


@pytest.fixture
def station(departments, street):
    """The lead's station in the street."""
    return Department.objects.get(superior=departments[0], street=street)


@pytest.fixture
def strict(client):
    """A browser without an account whose forms need their CSRF token."""
    from django.test import Client

    return Client(enforce_csrf_checks=True)
