"""Addresses of admission."""

from django.urls import include, path

urlpatterns = [
    path("", include("communities.admission.catalogues.urls")),  # catalogues items
    path("", include("communities.admission.gate.urls")),  # demands targets refusals burden
    path("", include("communities.admission.applications.urls")),  # applications
]
