"""Addresses of catalogues."""

urlpatterns = []
