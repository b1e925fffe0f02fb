"""Addresses of the demo's mailbox."""

from django.urls import path

from . import views

urlpatterns = [
    path("mailbox/", views.Mailbox.as_view(), name="mailbox"),
    path("mailbox/release/", views.Release.as_view(), name="mailbox-release"),
    path("mailbox/<int:pk>/", views.Message.as_view(), name="mailbox-message"),
]
