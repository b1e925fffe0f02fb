"""Addresses of the funding app."""

urlpatterns = []
