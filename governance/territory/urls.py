"""Addresses of the territory's pages."""

from django.urls import path

from . import views
from .importing import views as imports

urlpatterns = [
    path("territory/", views.TerritoryPage.as_view(), name="territory"),
    path("territory/units/<slug:code>/", views.UnitPage.as_view(), name="territory-unit"),
    path("territory/divisions/<slug:code12>/", views.DivisionPage.as_view(), name="territory-division"),
    path("territory/departments/", views.DepartmentListPage.as_view(), name="departments"),
    path("territory/departments/<slug:code>/", views.DepartmentPage.as_view(), name="department"),
    path("territory/imports/", imports.ImportListPage.as_view(), name="imports"),
    path("territory/imports/new/<slug:kind>/", imports.UploadPage.as_view(), name="import-new"),
    path("territory/imports/template/<slug:kind>/", imports.TemplateDownload.as_view(), name="import-template"),
    path("territory/imports/<int:pk>/", imports.BatchPage.as_view(), name="import"),
    path("territory/imports/<int:pk>/errors/", imports.ErrorsDownload.as_view(), name="import-errors"),
    path("territory/imports/<int:pk>/confirm/", imports.ConfirmImport.as_view(), name="import-confirm"),
]
