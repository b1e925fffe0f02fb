"""Writes of the grids: shapes, and who serves a grid."""

from .posts import PostFacts, post_appoint, post_end, posts_load, supervision_set
from .shapes import grids_end, shapes_store

__all__ = ["PostFacts", "grids_end", "post_appoint", "post_end", "posts_load", "shapes_store", "supervision_set"]
