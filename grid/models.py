"""Django's list of this app's tables; each slice keeps its own."""

from grid.boundaries.models import *  # noqa: F403
from grid.collection.models import *  # noqa: F403
from grid.incidents.models import *  # noqa: F403
from grid.lab.models import *  # noqa: F403
