"""Addresses of Open311 GeoReport v2; JSON only."""

from django.urls import path

from . import views

urlpatterns = [
    path("open311/v2/discovery.json", views.Discovery.as_view(), name="open311-discovery"),
    path("open311/v2/services.json", views.Services.as_view(), name="open311-services"),
    path("open311/v2/services/<str:code>.json", views.Service.as_view(), name="open311-service"),
    path("open311/v2/requests.json", views.Requests.as_view(), name="open311-requests"),
    path("open311/v2/requests/<str:number>.json", views.OneRequest.as_view(), name="open311-request"),
    path("open311/v2/tokens/<str:token>.json", views.Token.as_view(), name="open311-token"),
]
