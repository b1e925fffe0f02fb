"""The quarterly spot check: a seeded draw of the registered boards of each district. Safe to run twice at once."""

from datetime import timedelta
from random import Random

from django.db import IntegrityError, transaction

from governance.kernel import audit as trail
from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.policy import policy
from governance.territory.models import ManagementUnit

from ..models import Signboard, SignboardAudit
from ..rules import sample_size
from ..states import AuditKind, AuditStatus
from .audits import advice_for, audit_number, items_make, with_relations


def quarter_of(day) -> str:
    """2026Q4."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def draw(seed: str, ids: list[int], percent: float) -> list[int]:
    """The sample of ``ids``: the same seed and the same boards give the same sample."""
    ids = sorted(ids)
    return sorted(Random(seed).sample(ids, sample_size(len(ids), percent)))


def samples_draw() -> int:
    """Draw this quarter's sample for each district that has none yet. Returns how many districts were drawn."""
    quarter = quarter_of(clock.today())
    drawn = SignboardAudit.objects.filter(kind=AuditKind.SPOT_CHECK, quarter=quarter).values("unit")
    units = ManagementUnit.objects.exclude(pk__in=drawn).filter(pk__in=Signboard.objects.registered().values("unit"))
    return sum(_draw_for(unit, quarter) for unit in units.order_by("code"))


def _draw_for(unit: ManagementUnit, quarter: str) -> int:
    """One district; 0 when another sweep was faster."""
    boards = Signboard.objects.filter(unit=unit).registered()
    seed = f"{unit.code}:{quarter}"
    chosen = draw(seed, list(boards.values_list("id", flat=True)), policy("signboard.sample_percent"))
    try:
        with transaction.atomic():
            row = SignboardAudit.objects.create(
                number=audit_number(unit), unit=unit, kind=AuditKind.SPOT_CHECK, title=f"{quarter} 随机抽查", quarter=quarter,
                seed=seed, status=AuditStatus.COMPARING, due_on=clock.today() + timedelta(days=policy("signboard.audit_days")),
                is_synthetic=boards.filter(is_synthetic=True).exists(),
            )  # fmt: skip
            # The advice needs the whole community; only the drawn boards become lines.
            places = boards.filter(pk__in=chosen).values("community")
            near = list(with_relations(Signboard.objects.filter(community__in=places).hanging()))
            items_make(row, [board for board in near if board.pk in set(chosen)], advice_for(near))
            trail.record(
                action="signboardaudit.draw", label="抽取随机样本", by=SYSTEM, subject=row, thread=row.thread,
                to_status=row.status, data={"seed": seed, "of": boards.count(), "drawn": len(chosen)},
            )  # fmt: skip
    except IntegrityError:
        return 0
    return 1
