"""Addresses of the books."""

from django.urls import path

from . import views

urlpatterns = [
    path("ledger/", views.LedgerPage.as_view(), name="ledger"),
    path("ledger/close/", views.ClosePage.as_view(), name="ledger-close"),
    path("ledger/accounts/", views.AccountListPage.as_view(), name="accounts"),
    path("ledger/accounts/<int:pk>/", views.AccountPage.as_view(), name="account"),
    path("ledger/journals/", views.JournalListPage.as_view(), name="journals"),
    path("ledger/journals/<int:pk>/", views.JournalPage.as_view(), name="journal"),
    path("ledger/journals/<int:pk>/reverse/", views.ReversePage.as_view(), name="journal-reverse"),
    path("ledger/entries/<int:pk>/way/", views.WayPage.as_view(), name="entry-way"),
]
