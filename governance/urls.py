"""The sitemap: every slice brings its own addresses. Error pages are the templates 400, 403, 403_csrf, 404 and 500."""

from django.urls import include, path

urlpatterns = [
    path("", include("governance.accounts.urls")),  # / desk sign-in sign-out password setup users appointments
    path("", include("governance.whistles.urls")),  # whistles tickets files
    path("", include("governance.whistles.scoring.urls")),  # scores ratings cards assessments
    path("", include("governance.whistles.answering.urls")),  # answer/TOKEN: a department without an account
    path("", include("governance.whistles.mail.urls")),  # outbox: mails that were not delivered
    path("", include("governance.whistles.inbound.urls")),  # quarantine: replies from strangers
    path("", include("governance.dashboards.urls")),  # dashboard: the city's and a district's figures
    path("", include("communities.disclosure.urls")),  # public: certificates, white paper
    path("", include("communities.signboards.urls")),  # signboards: register, lists, campaigns, rectifications
    path("", include("governance.whistles.mailbox.urls")),  # mailbox: the demo's mail world
    path("", include("governance.territory.urls")),  # territory: divisions, departments, imports
    path("", include("communities.urls")),  # catalogues items applications demands refusals
    path("", include("funding.urls")),  # ledger entitlements projects money (public)
    path("", include("grid.urls")),  # grids incidents collection lab, my-grid (public)
    path("", include("governance.kernel.pages.urls")),  # rules calendar metrics audit healthz livez
    path("", include("governance.api_urls")),  # api/v1 api/schema api/docs
]
