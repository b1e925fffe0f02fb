"""Addresses of the grid app."""

urlpatterns = []
