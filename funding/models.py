"""Django's list of this app's tables; each slice keeps its own."""

from funding.appropriations.models import *  # noqa: F403
from funding.disclosure.models import *  # noqa: F403
from funding.ledger.models import *  # noqa: F403
from funding.projects.models import *  # noqa: F403
