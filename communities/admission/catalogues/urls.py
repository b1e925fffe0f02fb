"""Addresses of catalogues and items."""

from django.urls import path

from .comparing import ComparePage
from .views import CatalogueListPage, CataloguePage, DecidePage, DraftPage, IssuePage, ItemListPage, ItemPage

urlpatterns = [
    path("catalogues/", CatalogueListPage.as_view(), name="catalogues"),
    path("catalogues/compare/", ComparePage.as_view(), name="catalogue-compare"),
    path("catalogues/draft/", DraftPage.as_view(), name="catalogue-draft"),
    path("catalogues/<int:pk>/", CataloguePage.as_view(), name="catalogue"),
    path("catalogues/<int:pk>/issue/", IssuePage.as_view(), name="catalogue-issue"),
    path("catalogues/<int:pk>/decide/<slug:code>/", DecidePage.as_view(), name="catalogue-decide"),
    path("admission-items/", ItemListPage.as_view(), name="admission-items"),
    path("admission-items/<int:pk>/", ItemPage.as_view(), name="admission-item"),
]
