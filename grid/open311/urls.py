"""Addresses of Open311 GeoReport v2: each one as .json and as .xml; anything else is 404 in the specification's own shape."""

from django.urls import path
from django.urls.resolvers import URLPattern

from . import views

ROOT = "open311/v2/"


def _both(route: str, view, name: str) -> list[URLPattern]:
    """The address in both formats; the ending decides (formats.py)."""
    return [
        path(f"{ROOT}{route}.json", view.as_view(), name=f"open311-{name}"),
        path(f"{ROOT}{route}.xml", view.as_view(), name=f"open311-{name}-xml"),
    ]


urlpatterns = [
    *_both("discovery", views.Discovery, "discovery"),
    *_both("services", views.Services, "services"),
    *_both("services/<str:code>", views.Service, "service"),
    *_both("requests", views.Requests, "requests"),
    *_both("requests/<str:number>", views.OneRequest, "request"),
    *_both("tokens/<str:token>", views.Token, "token"),
    path(f"{ROOT}<path:rest>", views.Nothing.as_view(), name="open311-nothing"),
]
