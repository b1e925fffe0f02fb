"""Point → grid: one STRtree per process over all shapes, rebuilt when the database's stamp says that shapes have changed."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely
from django.db.models import TextField
from django.db.models.functions import Cast

from governance.kernel.cached import cached_for

from .geometry import distance_m, metres_at
from .models import GridShape, ShapeStamp

STAMP_SECONDS = 1  # how long another process's change may go unnoticed


@dataclass(frozen=True)
class Spot:
    """What the index knows of a point: ids of grids, the smallest code first; ``metres`` to the nearest when outside."""

    inside: tuple[int, ...] = ()
    nearest: int | None = None
    metres: float = 0.0


class GridIndex:
    """An immutable picture of all shapes under one stamp. Surveyed shapes come before sketches, then the smaller code."""

    def __init__(self, stamp: UUID | None):
        rows = GridShape.objects.annotate(text=Cast("polygon", TextField())).order_by("is_sketch", "grid__code15")
        rows = list(rows.values_list("grid_id", "text"))
        self.stamp = stamp
        self.ids = [row[0] for row in rows]
        self.shapes = shapely.from_geojson([row[1] for row in rows])
        shapely.prepare(self.shapes)
        self.tree = shapely.STRtree(self.shapes)

    def at(self, lon: float, lat: float) -> tuple[int, ...]:
        """The grids that hold a point or touch it."""
        found = self.tree.query(shapely.Point(lon, lat), predicate="intersects")
        return tuple(self.ids[place] for place in sorted(found))

    def many(self, points: np.ndarray) -> list[int | None]:
        """The grid of each of many points (an array of lon, lat), None outside."""
        answer = [None] * len(points)
        which, where = self.tree.query(shapely.points(points), predicate="intersects")
        for point, place in sorted(zip(which, where, strict=True), reverse=True):
            answer[point] = self.ids[place]  # the smallest place is written last
        return answer

    def near(self, lon: float, lat: float, metres: float) -> tuple[int | None, float]:
        """The nearest grid within so many metres and how far it is; the smaller code where two are equally near."""
        per_lon, per_lat = metres_at(lat)
        reach = shapely.box(
            lon - metres / per_lon, lat - metres / per_lat, lon + metres / per_lon, lat + metres / per_lat
        )
        found = [(distance_m(self.shapes[place], lon, lat), place) for place in self.tree.query(reach)]
        best = min(found, default=(metres + 1, 0))
        return (self.ids[best[1]], round(best[0], 1)) if best[0] <= metres else (None, 0.0)


@cached_for(STAMP_SECONDS)
def _stamp() -> UUID | None:
    """The version of the shapes, read at most once a second."""
    return ShapeStamp.objects.values_list("stamp", flat=True).first()


_lock = threading.Lock()
_kept: list[GridIndex] = []


def index() -> GridIndex:
    """This process's index, built anew (some tenths of a second) when the shapes have changed."""
    stamp = _stamp()
    if not _kept or _kept[0].stamp != stamp:
        with _lock:
            if not _kept or _kept[0].stamp != stamp:
                _kept[:] = [GridIndex(stamp)]
    return _kept[0]


def forget_shapes() -> None:
    """Look at the stamp again at once (after a change in this process)."""
    _stamp.forget()
