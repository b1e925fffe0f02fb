"""Addresses of the reports."""

from django.urls import path

from . import views

urlpatterns = [
    path("funding-report/", views.ReportPage.as_view(), name="funding-report"),
    path("funding-report/risks/", views.RiskPage.as_view(), name="funding-risks"),
    path("funding-report/pack/", views.PackPage.as_view(), name="audit-pack"),
    path("funding-report/papers/<slug:kind>/", views.PaperPage.as_view(), name="funding-paper"),
]
