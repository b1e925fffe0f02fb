"""Addresses of demands, targets, refusals and the burden ledger."""

from django.urls import path

from ..burden import views as burden
from ..refusals import views as refusals
from . import target_views as targets
from . import views

urlpatterns = [
    path("demands/", views.DemandList.as_view(), name="demands"),
    path("demands/new/", views.DemandNew.as_view(), name="demand-new"),
    path("demands/<int:pk>/", views.DemandPage.as_view(), name="demand"),
    path("demands/<int:pk>/actions/<slug:action>/", views.DemandAction.as_view(), name="demand-action"),
    path("targets/", targets.TargetList.as_view(), name="targets"),
    path("targets/<int:pk>/", targets.TargetPage.as_view(), name="demand-target"),
    path("targets/<int:pk>/complete/", targets.TargetComplete.as_view(), name="target-complete"),
    path("targets/<int:pk>/refuse/", targets.TargetRefuse.as_view(), name="target-refuse"),
    path("refusals/", refusals.RefusalList.as_view(), name="refusals"),
    path("refusals/<int:pk>/", refusals.RefusalPage.as_view(), name="refusal"),
    path("refusals/<int:pk>/actions/<slug:action>/", refusals.RefusalAction.as_view(), name="refusal-action"),
    path("burden/", burden.BurdenPage.as_view(), name="burden"),
    path("burden/weeks/", burden.WeeksPage.as_view(), name="burden-weeks"),
    path("burden/open/", burden.QuotasOpen.as_view(), name="quotas-open"),
]
