"""The tables of the grids on the map."""

from .posts import GridPost, SupervisionPhone
from .shapes import CommunityShape, FormerShape, GridShape, ShapeStamp

__all__ = ["CommunityShape", "FormerShape", "GridPost", "GridShape", "ShapeStamp", "SupervisionPhone"]
