"""Addresses of the lab: /open-data/ is open to everybody."""

from django.urls import path

from .views import desk, public

urlpatterns = [
    path("open-data/", public.OpenDataPage.as_view(), name="open-data"),
    path("open-data/dictionary/", public.DictionaryPage.as_view(), name="open-data-dictionary"),
    path("open-data/<int:pk>/", public.OpenDatasetPage.as_view(), name="open-data-set"),
    path("open-data/<int:pk>/<slug:kind>/", public.OpenDataFile.as_view(), name="open-data-file"),
    path("open-datasets/", desk.DatasetList.as_view(), name="open-datasets"),
    path("open-datasets/new/<slug:source>/", desk.DatasetNew.as_view(), name="open-dataset-new"),
    path("open-datasets/<int:pk>/", desk.DatasetPage.as_view(), name="open-dataset"),
    path("open-datasets/<int:pk>/edit/", desk.DatasetEdit.as_view(), name="open-dataset-edit"),
    path("open-datasets/<int:pk>/actions/<slug:action>/", desk.DatasetAction.as_view(), name="open-dataset-action"),
]
