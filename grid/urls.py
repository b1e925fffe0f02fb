"""Addresses of the grid app."""

from django.urls import include, path

urlpatterns = [
    path("", include("grid.boundaries.urls")),  # grids, my-grid (public)
]
