"""Addresses of applications."""

from django.urls import path

from . import views

urlpatterns = [
    path("applications/", views.ApplicationListPage.as_view(), name="applications"),
    path("applications/new/", views.ApplicationNew.as_view(), name="application-new"),
    path("applications/unclear/", views.UnclearPage.as_view(), name="unclear-duties"),
    path("applications/unclear/<slug:code>/", views.SuggestPage.as_view(), name="application-suggest"),
    path("applications/<int:pk>/", views.ApplicationPage.as_view(), name="application"),
    path("applications/<int:pk>/edit/", views.ApplicationEdit.as_view(), name="application-edit"),
    path("applications/<int:pk>/opinion/", views.OpinionPage.as_view(), name="application-opinion"),
    path("applications/<int:pk>/publish/", views.PublishPage.as_view(), name="application-publish"),
    path("applications/<int:pk>/actions/<slug:action>/", views.ApplicationStep.as_view(), name="application-step"),
]
