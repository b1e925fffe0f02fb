"""Addresses of entitlements and disbursements."""

from django.urls import path

from .views import batches, closing, places, returns, runs

urlpatterns = [
    path("entitlements/", places.LineListPage.as_view(), name="entitlements"),
    path("entitlements/<int:pk>/", places.LinePage.as_view(), name="entitlement"),
    path("entitlements/places/<str:code12>/", places.PlacePage.as_view(), name="funding-place"),
    path("entitlements/places/<str:code12>/account/", places.PayeeSet.as_view(), name="payee-set"),
    path("entitlements/runs/", runs.RunListPage.as_view(), name="entitlement-runs"),
    path("entitlements/runs/new/", runs.RunNew.as_view(), name="entitlement-run-new"),
    path("entitlements/runs/<int:pk>/", runs.RunPage.as_view(), name="entitlement-run"),
    path("entitlements/runs/<int:pk>/compare/", runs.ComparePage.as_view(), name="entitlement-compare"),
    path("entitlements/runs/<int:pk>/actions/recalculate/", runs.RunRecalculate.as_view(), name="entitlement-recalculate"),
    path("entitlements/runs/<int:pk>/actions/<slug:action>/", runs.RunAction.as_view(), name="entitlement-action"),
    path("entitlements/year-close/", closing.ClosePage.as_view(), name="year-close"),
    path("disbursements/", batches.BatchListPage.as_view(), name="disbursements"),
    path("disbursements/new/", batches.BatchNew.as_view(), name="disbursement-new"),
    path("disbursements/<int:pk>/", batches.BatchPage.as_view(), name="disbursement"),
    path("disbursements/<int:pk>/file/", batches.BankFile.as_view(), name="disbursement-file"),
    path("disbursements/<int:pk>/return/", returns.ReturnUpload.as_view(), name="disbursement-return"),
    path("disbursements/<int:pk>/actions/redraft/", batches.BatchRedraft.as_view(), name="disbursement-redraft"),
    path("disbursements/<int:pk>/actions/<slug:action>/", batches.BatchAction.as_view(), name="disbursement-action"),
    path("disbursements/returns/<int:pk>/", returns.ReturnPage.as_view(), name="bank-return"),
    path("disbursements/returns/<int:pk>/errors/", returns.ReturnErrors.as_view(), name="bank-return-errors"),
    path("disbursements/returns/<int:pk>/apply/", returns.ReturnApply.as_view(), name="bank-return-apply"),
]  # fmt: skip
