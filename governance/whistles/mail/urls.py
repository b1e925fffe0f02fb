"""Addresses of the outbox."""

from django.urls import path

from . import views

urlpatterns = [
    path("outbox/", views.Outbox.as_view(), name="outbox"),
    path("outbox/<int:pk>/retry/", views.OutboxRetry.as_view(), name="outbox-retry"),
]
