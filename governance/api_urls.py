"""The API: /api/v1/, its schema and its documentation."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from communities import api as communities
from funding import api as funding
from governance.territory import api as territory
from governance.whistles.api.register import register
from grid import api as grid

router = SimpleRouter(use_regex_path=False)
register(router)
territory.register(router)
communities.register(router)
funding.register(router)
grid.register(router)

urlpatterns = [
    path("api/v1/", include(router.urls)),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
