"""Addresses of collection."""

from django.urls import path

from .answering import FormAnswers
from .views import design, elements, forms, parts, steps, takings

urlpatterns = [
    path("answer-form/<str:token>/", FormAnswers.as_view(), name="form-answers"),  # a department without an account
    path("elements/", elements.ElementList.as_view(), name="elements"),
    path("elements/<slug:code>/", elements.ElementPage.as_view(), name="element"),
    path("elements/<slug:code>/revise/", elements.ElementRevise.as_view(), name="element-revise"),
    path("facts/", elements.CommunityFactList.as_view(), name="facts"),
    path("facts/<int:pk>/", elements.FactPage.as_view(), name="fact"),
    path("facts/<int:pk>/correct/", elements.FactCorrect.as_view(), name="fact-correct"),
    path("forms/", forms.FormList.as_view(), name="forms"),
    path("forms/new/", design.FormNew.as_view(), name="form-new"),
    path("forms/parts/<int:pk>/", parts.PartPage.as_view(), name="form-part"),
    path("forms/<int:pk>/", forms.FormDetail.as_view(), name="form"),
    path("forms/<int:pk>/edit/", design.FormEdit.as_view(), name="form-edit"),
    path("forms/<int:pk>/dispatch/", steps.FormDispatch.as_view(), name="form-dispatch"),
    path("forms/<int:pk>/join/", steps.FormJoin.as_view(), name="form-join"),
    path("forms/<int:pk>/actions/<slug:action>/", steps.FormAction.as_view(), name="form-action"),
    path("takings/", takings.TakingList.as_view(), name="takings"),
    path("takings/new/", takings.TakingNew.as_view(), name="taking-new"),
    path("takings/<int:pk>/", takings.TakingPage.as_view(), name="taking"),
    path("collection/measures/", takings.MeasuresPage.as_view(), name="collection-measures"),
]
