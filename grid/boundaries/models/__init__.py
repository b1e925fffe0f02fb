"""The tables of the grids on the map."""

from .posts import GridPost, SupervisionPhone
from .shapes import CommunityShape, GridShape, ShapeStamp

__all__ = ["CommunityShape", "GridPost", "GridShape", "ShapeStamp", "SupervisionPhone"]
