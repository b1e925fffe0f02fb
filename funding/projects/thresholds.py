"""How many must come and agree (legal thresholds as rules)."""

from governance.kernel.errors import Invalid
from governance.kernel.policy import policy

from .states import RURAL, Step


def enough(part: int, whole: int, share: list) -> bool:
    """["over", 1, 2]: more than half; ["least", 2, 3]: two thirds or more."""
    how, top, bottom = share
    return part * bottom > whole * top if how == "over" else part * bottom >= whole * top


def in_words(share: list) -> str:
    """The share as officials say it."""
    how, top, bottom = share
    names = {(1, 2): "半数", (2, 3): "三分之二"}
    name = names.get((top, bottom), f"{bottom} 分之 {top}")
    return f"超过{name}" if how == "over" else f"{name}以上"


def deliberation_check(
    *, village_type: str, step: str, eligible: int, present: int, agree: int, against: int, abstain: int
) -> None:
    """Raise Invalid, by field, unless the meeting could decide and did."""
    found = {}
    if not eligible:
        found["eligible"] = "请填写应到人数。"
    if present > eligible:
        found["present"] = "实到人数不能多于应到人数。"
    if agree + against + abstain != present:
        found["agree"] = f"同意、反对、弃权合计应等于实到 {present} 人。"
    if found:
        raise Invalid(**found)
    share = policy("funding.thresholds.rural" if village_type in RURAL else "funding.thresholds.urban")[step]
    if not enough(present, eligible, share):
        raise Invalid(
            present=f"{Step(step).label}须有{in_words(share)}的人到会：应到 {eligible} 人，实到 {present} 人，不能形成决议。"
        )
    if not enough(agree, present, ["over", 1, 2]):
        raise Invalid(agree=f"须到会人员过半数同意：实到 {present} 人，同意 {agree} 人，未通过。未通过的请选“未通过”。")
