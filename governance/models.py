"""Django's list of this app's tables; each slice keeps its own."""

from governance.accounts.models import *  # noqa: F403
from governance.kernel.models import *  # noqa: F403
from governance.territory.models import *  # noqa: F403
from governance.whistles.models import *  # noqa: F403
