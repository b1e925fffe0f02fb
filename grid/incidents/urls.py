"""Addresses of incidents."""

from django.urls import path

from .views import figures, incidents, rules

urlpatterns = [
    path("incidents/", incidents.IncidentList.as_view(), name="incidents"),
    path("incidents/new/", incidents.ReportPage.as_view(), name="incident-new"),
    path("incidents/figures/", figures.FiguresPage.as_view(), name="incident-figures"),
    path("incidents/<int:pk>/", incidents.IncidentPage.as_view(), name="incident"),
    path("incidents/<int:pk>/handle/", incidents.HandlePage.as_view(), name="incident-handle"),
    path("incidents/<int:pk>/comment/", incidents.CommentPage.as_view(), name="incident-comment"),
    path("incidents/<int:pk>/reroute/", incidents.ReroutePage.as_view(), name="incident-reroute"),
    path("incidents/<int:pk>/evaluate/", incidents.EvaluatePage.as_view(), name="incident-evaluate"),
    path("incidents/<int:pk>/blow/", incidents.IncidentBlow.as_view(), name="incident-blow"),
    path("incidents/<int:pk>/actions/<slug:action>/", incidents.IncidentAction.as_view(), name="incident-action"),
    path("routing-rules/", rules.RuleList.as_view(), name="routing-rules"),
    path("routing-rules/new/", rules.RuleNew.as_view(), name="routing-rule-new"),
    path("routing-rules/<slug:key>/", rules.RulePage.as_view(), name="routing-rule"),
    path("routing-rules/<slug:key>/end/", rules.RuleEnd.as_view(), name="routing-rule-end"),
    path("routing-rules/<slug:key>/revise/", rules.RuleRevise.as_view(), name="routing-rule-revise"),
]
