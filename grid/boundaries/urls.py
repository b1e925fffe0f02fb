"""Addresses of the grids."""

from django.urls import path

from .importing import views as importing
from .views import grids, public

urlpatterns = [
    path("my-grid/", public.MyGridPage.as_view(), name="my-grid"),
    path("grids/", grids.GridListPage.as_view(), name="grids"),
    path("grids/export/", grids.GridExport.as_view(), name="grid-export"),
    path("grids/import/", importing.UploadPage.as_view(), name="grid-import"),
    path("grids/import/<int:pk>/", importing.BatchPage.as_view(), name="grid-import-batch"),
    path("grids/import/<int:pk>/errors/", importing.ErrorsPage.as_view(), name="grid-import-errors"),
    path("grids/import/<int:pk>/confirm/", importing.ConfirmPage.as_view(), name="grid-import-confirm"),
    path("grids/posts/<int:pk>/end/", grids.EndPostPage.as_view(), name="grid-post-end"),
    path("grids/supervision/<slug:code12>/", grids.SupervisionPage.as_view(), name="grid-supervision"),
    path("grids/<slug:code15>/", grids.GridPage.as_view(), name="grid"),
    path("grids/<slug:code15>/appoint/", grids.AppointPage.as_view(), name="grid-appoint"),
]
