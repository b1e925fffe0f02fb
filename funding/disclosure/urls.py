"""Addresses of disclosure: /money/ is open to everybody."""

from django.urls import path

from .views import desk, public

urlpatterns = [
    path("money/", public.MoneyFindPage.as_view(), name="money-find"),
    path("money/<slug:code12>/", public.MoneyPage.as_view(), name="money"),
    path("money/<slug:code12>/ask/", public.MoneyAskPage.as_view(), name="money-ask"),
    path("money/<slug:code12>/projects/<slug:number>/", public.MoneyProjectPage.as_view(), name="money-project"),
    path("money/<slug:code12>/disclosures/<int:pk>/", public.MoneyDisclosurePage.as_view(), name="money-disclosure"),
    path("money/<slug:code12>/entries/<int:pk>/", public.MoneyWayPage.as_view(), name="money-way"),
    path("disclosures/", desk.DisclosureListPage.as_view(), name="disclosures"),
    path("disclosures/<int:pk>/", desk.DisclosurePage.as_view(), name="disclosure"),
    path("disclosures/<int:pk>/actions/<slug:action>/", desk.DisclosureAction.as_view(), name="disclosure-action"),
    path("money-questions/", desk.QuestionListPage.as_view(), name="money-questions"),
    path("money-questions/<int:pk>/", desk.QuestionPage.as_view(), name="money-question"),
    path(
        "money-questions/<int:pk>/actions/<slug:action>/", desk.QuestionAction.as_view(), name="money-question-action"
    ),
]
