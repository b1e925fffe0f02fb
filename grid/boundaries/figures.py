"""The figures above the grid list: how many, how many staffed, how many surveyed. Of places, never of persons."""

from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from governance.kernel.metrics import CARDS, Figure, rate
from governance.territory.models import Grid

from .models import GridPost


def figures(grids: QuerySet[Grid], query: dict) -> list[Figure]:
    """The figures of these grids (one statement); ``query`` are the filters that lead to the lists behind them."""
    served = GridPost.objects.in_force().full_time().filter(grid=OuterRef("pk"))
    found = grids.order_by().aggregate(
        all=Count("pk"), staffed=Count("pk", filter=Exists(served)), surveyed=Count("pk", filter=Q(shape__is_sketch=False))
    )  # fmt: skip

    def listed(**more: str) -> str:
        return f"{reverse('grids')}?{urlencode({**query, **more})}"

    return [
        Figure(CARDS["grid.count"], found["all"], href=listed()),
        rate("grid.staffed", found["staffed"], found["all"], listed(staffed="no")),
        rate("grid.surveyed", found["surveyed"], found["all"], listed(shape="surveyed")),
    ]
