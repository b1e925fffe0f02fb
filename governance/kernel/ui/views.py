"""The generic pages under one name: what slices import."""

from .columns import Column
from .lists import ListPage
from .pages import ActionView, DetailPage, FormPage, ObjectPage, Page

__all__ = ["ActionView", "Column", "DetailPage", "FormPage", "ListPage", "ObjectPage", "Page"]
