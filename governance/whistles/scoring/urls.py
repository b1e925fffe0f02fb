"""Addresses of rating and scores."""

from django.urls import path

from . import rating_views, views

urlpatterns = [
    path("scores/", views.ScoreListPage.as_view(), name="scorecards"),
    path("scores/releases/<slug:quarter>/", views.ReleaseQuarter.as_view(), name="score-release"),
    path("scores/excuse/<int:pk>/", rating_views.ExcusePage.as_view(), name="ticket-excuse"),
    path("scores/<slug:code>/<slug:period>/", views.ScorecardPage.as_view(), name="scorecard"),
    path("scores/<slug:code>/<slug:period>/tickets/", views.ScoreTicketsPage.as_view(), name="scorecard-tickets"),
    path("ratings/", rating_views.RatingListPage.as_view(), name="ratings"),
    path("ratings/<int:pk>/", rating_views.RatingPage.as_view(), name="rating"),
    path("ratings/<int:pk>/appeal/", rating_views.AppealPage.as_view(), name="rating-appeal"),
    path("ratings/appeals/", rating_views.AppealListPage.as_view(), name="rating-appeals"),
    path("ratings/appeals/<int:pk>/rule/", rating_views.AppealRulingPage.as_view(), name="rating-appeal-rule"),
    path("cards/<int:pk>/revoke/", rating_views.CardRevokePage.as_view(), name="card-revoke"),
    path("assessments/", views.AssessmentListPage.as_view(), name="assessments"),
    path("assessments/<int:year>/", views.AssessmentListPage.as_view(), name="assessments-year"),
    path("assessments/<int:year>/<slug:code>/", views.AssessmentPage.as_view(), name="assessment"),
]
