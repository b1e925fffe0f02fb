"""The sitemap."""

from django.urls import include, path

urlpatterns = [
    path("", include("governance.territory.urls")),
]
