"""Addresses of the communities app."""

from django.urls import include, path

urlpatterns = [
    path("", include("communities.admission.urls")),  # catalogues items applications demands refusals
]
