"""Addresses of the grid app."""

from django.urls import include, path

urlpatterns = [
    path("", include("grid.incidents.phone.urls")),  # report: with a telephone
    path("", include("grid.incidents.answering.urls")),  # answer-incident/TOKEN: a department without an account
    path("", include("grid.incidents.urls")),  # incidents routing-rules
    path("", include("grid.collection.urls")),  # elements facts forms takings collection
    path("", include("grid.boundaries.urls")),  # grids, my-grid (public)
    path("", include("grid.lab.urls")),  # open-datasets, open-data (public)
    path("", include("grid.open311.urls")),  # open311/v2 (public; writing takes an api_key)
]
