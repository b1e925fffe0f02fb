"""Addresses behind a mailed link."""

from django.urls import path

from . import views

urlpatterns = [
    path("answer/<str:token>/", views.AnswerPage.as_view(), name="answer"),
    path("answer/<str:token>/renew/", views.AnswerRenew.as_view(), name="answer-renew"),
    path("answer/<str:token>/files/<int:pk>/", views.AnswerFile.as_view(), name="answer-file"),
    path("answer/<str:token>/<slug:action>/", views.AnswerAction.as_view(), name="answer-action"),
]
