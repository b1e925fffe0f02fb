"""Addresses behind a mailed link of an incident."""

from django.urls import path

from . import views

urlpatterns = [
    path("answer-incident/<str:token>/", views.AnswerPage.as_view(), name="incident-answer"),
    path("answer-incident/<str:token>/renew/", views.AnswerRenew.as_view(), name="incident-answer-renew"),
    path("answer-incident/<str:token>/files/<int:pk>/", views.AnswerFile.as_view(), name="incident-answer-file"),
    path("answer-incident/<str:token>/<slug:action>/", views.AnswerAction.as_view(), name="incident-answer-action"),
]
