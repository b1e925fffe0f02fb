"""Django's list of this app's tables; each slice keeps its own."""

from communities.admission.models import *  # noqa: F403
from communities.signboards.models import *  # noqa: F403
