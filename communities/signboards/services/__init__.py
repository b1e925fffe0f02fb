"""Everything that writes signboards."""

from .audits import audit_adopt, audit_judge, audit_open, audit_step
from .boards import (
    BoardFacts,
    signboard_keep,
    signboard_photo,
    signboard_propose,
    signboard_register,
    signboard_remove,
    signboard_step,
    signboards_register,
)
from .cases import recheck_answer, rectification_step
from .lists import signboard_list_issue, signboard_lists_load
from .sampling import samples_draw

__all__ = [
    "BoardFacts", "audit_adopt", "audit_judge", "audit_open", "audit_step", "recheck_answer", "rectification_step",
    "samples_draw", "signboard_keep", "signboard_list_issue", "signboard_lists_load", "signboard_photo", "signboard_propose",
    "signboard_register", "signboard_remove", "signboard_step", "signboards_register",
]  # fmt: skip
