"""What funding and grid bring to the access matrix: modules with ``build(world, relations, setting, people)`` and ``samples(of, one)``."""

from . import (
    access_appropriations,
    access_collection,
    access_grids,
    access_incidents,
    access_lab,
    access_ledger,
    access_money,
    access_projects,
)

PARTS = (
    access_collection,
    access_ledger,
    access_appropriations,
    access_grids,
    access_money,
    access_incidents,
    access_lab,
    access_projects,
)
