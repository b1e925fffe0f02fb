"""Addresses of the dashboard."""

from django.urls import path

from . import views

urlpatterns = [
    path("dashboard/", views.Dashboard.as_view(), name="dashboard"),
    path("dashboard/tickets/", views.TicketsBehind.as_view(), name="dashboard-tickets"),
    path("dashboard/whistles/", views.WhistlesBehind.as_view(), name="dashboard-whistles"),
    path("dashboard/<str:code>/", views.UnitDashboard.as_view(), name="dashboard-unit"),
]
