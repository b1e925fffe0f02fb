"""Addresses of the signboards."""

from django.urls import path

from .importing import views as importing
from .views import audits, boards, cases

urlpatterns = [
    path("signboards/", boards.SignboardListPage.as_view(), name="signboards"),
    path("signboards/new/", boards.SignboardNew.as_view(), name="signboard-new"),
    path("signboards/report/", cases.ReportPage.as_view(), name="signboard-report"),
    path("signboards/import/", importing.UploadPage.as_view(), name="signboard-import"),
    path("signboards/import/template/", importing.TemplatePage.as_view(), name="signboard-import-template"),
    path("signboards/import/<int:pk>/", importing.BatchPage.as_view(), name="signboard-import-batch"),
    path("signboards/import/<int:pk>/errors/", importing.ErrorsPage.as_view(), name="signboard-import-errors"),
    path("signboards/import/<int:pk>/confirm/", importing.ConfirmPage.as_view(), name="signboard-import-confirm"),
    path("signboards/lists/", cases.CatalogueListPage.as_view(), name="signboard-lists"),
    path("signboards/lists/new/", cases.CatalogueNew.as_view(), name="signboard-list-new"),
    path("signboards/lists/<int:pk>/", cases.CataloguePage.as_view(), name="signboard-list"),
    path("signboards/audits/", audits.AuditListPage.as_view(), name="signboard-audits"),
    path("signboards/audits/new/", audits.AuditNew.as_view(), name="signboard-audit-new"),
    path("signboards/audits/<int:pk>/", audits.AuditPage.as_view(), name="signboard-audit"),
    path("signboards/audits/<int:pk>/actions/adopt/", audits.AuditAdopt.as_view(), name="signboard-audit-adopt"),
    path("signboards/audits/<int:pk>/actions/<slug:action>/", audits.AuditAction.as_view(), name="signboard-audit-action"),
    path("signboards/audit-items/", audits.AuditItemsPage.as_view(), name="signboard-audit-items"),
    path("signboards/audit-items/<int:pk>/", audits.AuditItemPage.as_view(), name="signboard-audit-item"),
    path("signboards/rectifications/", cases.RectificationListPage.as_view(), name="rectifications"),
    path("signboards/rectifications/<int:pk>/", cases.RectificationPage.as_view(), name="rectification"),
    path("signboards/rectifications/<int:pk>/actions/<slug:action>/", cases.RectificationAction.as_view(), name="rectification-action"),
    path("signboards/rechecks/", cases.RecheckListPage.as_view(), name="signboard-rechecks"),
    path("signboards/rechecks/<int:pk>/", cases.RecheckPage.as_view(), name="signboard-recheck"),
    path("signboards/rechecks/<int:pk>/actions/<slug:action>/", cases.RecheckAction.as_view(), name="signboard-recheck-action"),
    path("signboards/<int:pk>/", boards.SignboardPage.as_view(), name="signboard"),
    path("signboards/<int:pk>/keep/", boards.SignboardKeep.as_view(), name="signboard-keep"),
    path("signboards/<int:pk>/remove/", boards.SignboardRemove.as_view(), name="signboard-remove"),
    path("signboards/<int:pk>/photo/", boards.SignboardPhoto.as_view(), name="signboard-photo"),
    path("signboards/<int:pk>/propose/", boards.SignboardPropose.as_view(), name="signboard-propose"),
    path("signboards/<int:pk>/files/<int:file>/", boards.SignboardFile.as_view(), name="signboard-file"),
    path("signboards/<int:pk>/actions/<slug:action>/", boards.SignboardAction.as_view(), name="signboard-action"),
]  # fmt: skip
