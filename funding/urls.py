"""Addresses of the funding app."""

from django.urls import include, path

urlpatterns = [
    path("", include("funding.appropriations.urls")),  # entitlements, disbursements, year end
    path("", include("funding.disclosure.urls")),  # disclosure: public pages, what has to be published and answered
    path("", include("funding.ledger.urls")),  # ledger: trial balance, accounts, journals, the way of every yuan
    path("", include("funding.projects.urls")),  # projects, payments, payees
    path("", include("funding.reports.urls")),  # reports: execution, risks, audit pack, budget form
]
