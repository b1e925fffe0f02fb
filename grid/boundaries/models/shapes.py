"""Where a grid and a community lie: GeoJSON in WGS 84 with its box as columns (ADR 0014)."""

from django.db import models
from django.db.models import F, Q

from governance.kernel import clock
from governance.kernel.guards import append_only

from .. import triggers
from ..querysets import OpenQuerySet


class Shape(models.Model):
    """A polygon or multipolygon; coordinates are degrees, longitude first, as RFC 7946 has them."""

    polygon = models.JSONField("边界", help_text="GeoJSON Polygon 或 MultiPolygon，WGS 84，经度在前")
    west = models.FloatField("西")
    south = models.FloatField("南")
    east = models.FloatField("东")
    north = models.FloatField("北")
    lon = models.FloatField("中心经度")
    lat = models.FloatField("中心纬度")
    area_m2 = models.FloatField("面积（平方米）")
    is_sketch = models.BooleanField("示意", default=True, help_text="示意边界不是测绘成果")
    source = models.CharField("来源", max_length=120)
    updated_at = models.DateTimeField("更新时间", default=clock.now)

    objects = OpenQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_box",
                condition=Q(west__gte=-180, east__lte=180, south__gte=-90, north__lte=90)
                & Q(east__gt=F("west"), north__gt=F("south"), area_m2__gt=0),
            )
        ]


class GridShape(Shape):
    """A grid's boundary."""

    grid = models.OneToOneField(
        "governance.Grid", models.PROTECT, primary_key=True, related_name="shape", verbose_name="网格"
    )

    class Meta(Shape.Meta):
        verbose_name = verbose_name_plural = "网格边界"
        triggers = [triggers.shapes_are_stamped, triggers.shape_is_kept("grid_id")]

    def __str__(self) -> str:
        return str(self.grid)


class CommunityShape(Shape):
    """A community's boundary: the frame that its grids must fill."""

    community = models.OneToOneField(
        "governance.Division", models.PROTECT, primary_key=True, related_name="shape", verbose_name="社区"
    )

    class Meta(Shape.Meta):
        verbose_name = verbose_name_plural = "社区边界"
        triggers = [triggers.shape_is_kept("community_id")]

    def __str__(self) -> str:
        return str(self.community)


class FormerShape(models.Model):
    """A boundary that held from one moment up to another; written by the database alone, never changed."""

    grid = models.ForeignKey(
        "governance.Grid", models.PROTECT, null=True, related_name="former_shapes", verbose_name="网格"
    )
    community = models.ForeignKey(
        "governance.Division", models.PROTECT, null=True, related_name="former_shapes", verbose_name="社区"
    )
    polygon = models.JSONField("边界")
    area_m2 = models.FloatField("面积（平方米）")
    is_sketch = models.BooleanField("示意")
    source = models.CharField("来源", max_length=120)
    valid_from = models.DateTimeField("起")
    valid_to = models.DateTimeField("止（不含）")

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "历次边界"
        ordering = ["-valid_to", "-id"]
        constraints = [
            models.CheckConstraint(
                name="former_shape_of_one", condition=Q(grid__isnull=True) ^ Q(community__isnull=True)
            ),
            models.CheckConstraint(name="former_shape_validity", condition=Q(valid_to__gte=F("valid_from"))),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.grid or self.community} {self.valid_from:%Y-%m-%d}–{self.valid_to:%Y-%m-%d}"


class ShapeStamp(models.Model):
    """One row, renewed by the database with every change of a grid's shape; each process compares it with its own index."""

    stamp = models.UUIDField("版本")

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "边界版本"

    def __str__(self) -> str:
        return str(self.stamp)
