"""Tables of admission."""

from .catalogue import AdmissionItem, Catalogue
from .demand import Demand, DemandTarget
from .refusal import Refusal

__all__ = ["AdmissionItem", "Catalogue", "Demand", "DemandTarget", "Refusal"]
