"""Addresses of the kernel's pages."""

from django.urls import path

from . import audit, calendar, cards, health, rules

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("livez", health.livez, name="livez"),
    path("rules/", rules.RuleList.as_view(), name="policy-rules"),
    path("rules/<str:key>/", rules.RulePage.as_view(), name="policy-rule"),
    path("rules/<str:key>/change/", rules.RuleChange.as_view(), name="policy-rule-change"),
    path("calendar/", calendar.CalendarPage.as_view(), name="calendar"),
    path("metrics/", cards.CardList.as_view(), name="metric-cards"),
    path("metrics/<str:key>/", cards.CardPage.as_view(), name="metric-card"),
    path("audit/", audit.AuditList.as_view(), name="audit"),
    path("audit/verify/", audit.Verify.as_view(), name="audit-verify"),
    path("audit/<int:pk>/", audit.AuditEventPage.as_view(), name="audit-event"),
]
