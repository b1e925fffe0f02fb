"""Tables of admission."""

from .application import AdmissionApplication, AdmissionOpinion
from .blocked import BlockedDemand
from .burden import BurdenQuota, BurdenSample
from .catalogue import AdmissionItem, Catalogue
from .demand import Demand, DemandTarget
from .refusal import Refusal

__all__ = [
    "AdmissionApplication",
    "AdmissionItem",
    "AdmissionOpinion",
    "BlockedDemand",
    "BurdenQuota",
    "BurdenSample",
    "Catalogue",
    "Demand",
    "DemandTarget",
    "Refusal",
]
