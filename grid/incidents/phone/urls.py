"""Addresses of reporting by telephone."""

from django.urls import path

from . import views

urlpatterns = [
    path("report/", views.PhonePage.as_view(), name="report"),
    path("report/shell/", views.ShellPage.as_view(), name="report-shell"),
    path("report/worker.js", views.WorkerScript.as_view(), name="report-worker"),
    path("report/token/", views.TokenPage.as_view(), name="report-token"),
    path("report/send/", views.SendPage.as_view(), name="report-send"),
    path("report/near/", views.NearPage.as_view(), name="report-near"),
    path("report/mine/", views.MinePage.as_view(), name="report-mine"),
]
