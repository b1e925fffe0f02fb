"""Addresses of the whistle pages."""

from django.urls import path

from .views.actions import TicketActionPage, WhistleActionPage
from .views.blow import BlowPage, EditPage
from .views.files import FilePage
from .views.lists import TicketListPage, WhistleListPage
from .views.pages import TicketPage, WhistlePage

urlpatterns = [
    path("whistles/", WhistleListPage.as_view(), name="whistles"),
    path("whistles/blow/", BlowPage.as_view(), name="whistle-blow"),
    path("whistles/<int:pk>/", WhistlePage.as_view(), name="whistle"),
    path("whistles/<int:pk>/edit/", EditPage.as_view(), name="whistle-edit"),
    path("whistles/<int:pk>/<slug:action>/", WhistleActionPage.as_view(), name="whistle-action"),
    path("tickets/", TicketListPage.as_view(), name="tickets"),
    path("tickets/<int:pk>/", TicketPage.as_view(), name="ticket"),
    path("tickets/<int:pk>/<slug:action>/", TicketActionPage.as_view(), name="ticket-action"),
    path("files/<int:pk>/", FilePage.as_view(), name="file"),
]
