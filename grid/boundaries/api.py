"""Grids over the API: the same list as the territory's with place and worker, the shape, and point → grid."""

from datetime import date

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.kernel.errors import Invalid
from governance.territory import api as territory
from governance.territory.models import Grid

from . import selectors
from .filters import GridFilter
from .former import day_said, grid_shapes_on
from .models import GridShape
from .states import PlaceReason


class GridSerializer(territory.GridSerializer):
    """A grid with a point inside it; whether its boundary is a sketch."""

    lon = serializers.FloatField(source="shape.lon", read_only=True, allow_null=True, default=None)
    lat = serializers.FloatField(source="shape.lat", read_only=True, allow_null=True, default=None)
    is_sketch = serializers.BooleanField(source="shape.is_sketch", read_only=True, allow_null=True, default=None)

    class Meta(territory.GridSerializer.Meta):
        fields = [*territory.GridSerializer.Meta.fields, "unit_grid_code", "lon", "lat", "is_sketch", "ended_on"]


class GridShapeSerializer(serializers.ModelSerializer):
    """A grid's boundary: GeoJSON in WGS 84."""

    code15 = serializers.CharField(source="grid.code15", read_only=True)
    bbox = serializers.SerializerMethodField()
    polygon = serializers.DictField(read_only=True)

    class Meta:
        model = GridShape
        fields = ["code15", "polygon", "bbox", "lon", "lat", "area_m2", "is_sketch", "source", "updated_at"]

    def get_bbox(self, shape: GridShape) -> list[float]:
        """West, south, east, north."""
        return [shape.west, shape.south, shape.east, shape.north]


class LocatedSerializer(serializers.Serializer):
    """A point's grid; ``nearest`` with ``distance`` in metres when it lies in none."""

    grid = GridSerializer(allow_null=True)
    reason = serializers.ChoiceField(choices=PlaceReason.choices)
    distance = serializers.FloatField()
    nearest = GridSerializer(allow_null=True)


POINT = [
    OpenApiParameter("lon", float, required=True, description="经度（WGS 84）"),
    OpenApiParameter("lat", float, required=True, description="纬度（WGS 84）"),
]


ON = OpenApiParameter("on", date, description="哪一天结束时的边界；不填为现在")


class GridViewSet(territory.GridViewSet):
    """Grids below communities."""

    queryset = Grid.objects.select_related("community", "street", "unit", "shape").defer("shape__polygon")
    serializer_class = GridSerializer
    filterset_class = GridFilter

    @extend_schema(summary="按位置查网格", parameters=POINT, responses=LocatedSerializer, filters=False)
    @action(detail=False, pagination_class=None)
    def locate(self, request: Request) -> Response:
        """The grid at a point: on a border the smallest code; in none, 不在任何网格内 and the nearest one near by."""
        found = selectors.locate(*(_number(request, name) for name in ("lon", "lat")))
        return Response(LocatedSerializer(found).data)

    @extend_schema(summary="网格边界", parameters=[ON], responses=GridShapeSerializer)
    @action(detail=True)
    def shape(self, request: Request, code15: str) -> Response:
        """The boundary as GeoJSON, now or at the end of a day; 404 where none is known."""
        grid, day = self.get_object(), day_said(request.query_params.get("on", ""))
        if day is None:
            found = GridShape.objects.select_related("grid").get_visible(self.actor, grid=grid)
        elif not (held := grid_shapes_on([grid], day)):
            raise Http404
        else:
            found = held[0]
        return Response(GridShapeSerializer(found).data)


def _number(request: Request, name: str) -> float:
    """A query parameter as a number. Raises Invalid."""
    try:
        return float(request.query_params.get(name, ""))
    except ValueError:
        raise Invalid(**{name: "须为数字。"}) from None


def register(router) -> None:
    """Add the endpoints to the portal's router."""
    router.register("grids", GridViewSet, basename="api-grid")
