"""Django's list of this app's tables; each slice keeps its own."""

from funding.ledger.models import *  # noqa: F403
