"""What collection registers on start."""

from governance.kernel.events import subscribe

from . import permissions  # noqa: F401
from .services import steps

subscribe("demand.send", steps.on_demand_sent)
subscribe("demand.decline", steps.on_demand_ended)
subscribe("demand.withdraw", steps.on_demand_ended)
subscribe("target.complete", steps.on_target_complete)
