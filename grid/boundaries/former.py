"""Boundaries as they were: drawn anew a line moves, but what happened before it lies within the old one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from governance.kernel import clock
from governance.kernel.errors import Invalid
from governance.territory.models import Grid

from .geometry import columns_of, from_geojson
from .models import CommunityShape, FormerShape, GridShape


def day_said(text: str) -> date | None:
    """The day that an address names (``on``), None without one. Raises Invalid: no date, or one to come."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(on="日期须为 2026-01-31 这样的写法。") from None
    if not date(1949, 10, 1) <= day <= clock.today():
        raise Invalid(on="只有今天和以前的边界。")
    return day


def former_of(grid: Grid) -> list[FormerShape]:
    """The grid's earlier boundaries, the last one first (one statement)."""
    rows = list(FormerShape.objects.filter(grid=grid))
    for row in rows:
        row.grid = grid
    return rows


def grid_shapes_on(grids: QuerySet[Grid] | Iterable[Grid], day: date) -> list[GridShape]:
    """The boundaries that these grids had at the end of a day, by code, with their grids (two statements); not saved."""
    moment = _end_of(day)
    now = GridShape.objects.filter(grid__in=grids, updated_at__lt=moment).select_related("grid")
    then = FormerShape.objects.filter(_held(moment), grid__in=grids).select_related("grid")
    found = [*now, *(GridShape(grid=row.grid, **_facts(row)) for row in then)]
    return sorted(found, key=lambda shape: shape.grid.code15)


def community_shapes_on(communities: Iterable[int] | QuerySet, day: date) -> list[CommunityShape]:
    """The same for communities."""
    moment = _end_of(day)
    now = CommunityShape.objects.filter(community__in=communities, updated_at__lt=moment).select_related("community")
    then = FormerShape.objects.filter(_held(moment), community__in=communities).select_related("community")
    found = [*now, *(CommunityShape(community=row.community, **_facts(row)) for row in then)]
    return sorted(found, key=lambda shape: shape.community.code12)


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _held(moment: datetime) -> Q:
    """In force just before the moment; one that came and went within a moment never was."""
    return Q(valid_from__lt=moment, valid_to__gte=moment) & ~Q(valid_from=F("valid_to"))


def _facts(row: FormerShape) -> dict:
    kept = {"polygon": row.polygon, "is_sketch": row.is_sketch, "source": row.source, "updated_at": row.valid_from}
    return kept | columns_of(from_geojson(row.polygon))
