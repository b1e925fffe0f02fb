"""The sitemap."""

from django.urls import include, path

urlpatterns = [
    path("", include("governance.api_urls")),
    path("", include("governance.kernel.pages.urls")),
    path("", include("governance.accounts.urls")),
    path("", include("governance.territory.urls")),
    path("", include("governance.whistles.urls")),
    path("", include("governance.whistles.scoring.urls")),
    path("", include("governance.whistles.answering.urls")),
    path("", include("governance.whistles.mail.urls")),
    path("", include("governance.whistles.mailbox.urls")),
    path("", include("governance.whistles.inbound.urls")),
]
