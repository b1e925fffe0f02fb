"""费随事转: the money of a demand goes to its communities the moment it is sent, and comes back with what is not done."""

from django.db.models import Exists, OuterRef

from funding.appropriations.services import errand_return, errand_transfer
from funding.ledger.models import Journal
from governance.kernel.actor import Actor

from ..models import Demand
from ..states import TargetStatus


def key_of(demand: Demand) -> str:
    """The ledger's key of a demand's transfer."""
    return f"demand:{demand.pk}:errand"


def on_send(*, by: Actor, demand: Demand, **_more) -> None:
    """A funded demand posts TRANSFER to the targets' communities, split to the fen."""
    if not demand.funded_fen:
        return
    targets = demand.targets.select_related("community")
    errand_transfer(
        by=by, department=demand.department, number=demand.fund_number, communities=[row.community for row in targets],
        fen=demand.funded_fen, key=key_of(demand), document=demand, is_synthetic=demand.is_synthetic,
    )  # fmt: skip


def on_withdraw(*, by: Actor, demand: Demand, **_more) -> None:
    """Taken back: where nothing was done the transfer is reversed; else who has done the work keeps his part.

    Then a community that refused keeps its part too: the books would tell the district who it was (refusals are anonymous
    upward). For the same reason a single refusal moves no money.
    """
    if not demand.funded_fen:
        return
    targets = demand.targets.select_related("community")
    left = targets.exclude(status=TargetStatus.DONE)
    if left.count() < targets.count():
        left = left.filter(~Exists(demand.refusals.filter(target=OuterRef("pk"))))
    errand_return(
        by=by, key=key_of(demand), reason=f"{demand.number} 撤回", communities=[row.community for row in left]
    )


def journal_of(demand: Demand, actor: Actor) -> Journal | None:
    """The transfer of a demand, where the actor may read the books."""
    return Journal.objects.visible_to(actor).filter(key=key_of(demand)).first() if demand.funded_fen else None
