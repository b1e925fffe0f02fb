"""Addresses of the quarantine."""

from django.urls import path

from . import views

urlpatterns = [
    path("quarantine/", views.QuarantineList.as_view(), name="quarantine"),
    path("quarantine/<int:pk>/", views.QuarantineMail.as_view(), name="quarantine-mail"),
    path("quarantine/<int:pk>/release/", views.QuarantineRelease.as_view(), name="quarantine-release"),
    path("quarantine/<int:pk>/discard/", views.QuarantineDiscard.as_view(), name="quarantine-discard"),
]
