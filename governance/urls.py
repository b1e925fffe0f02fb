"""The sitemap: every slice brings its own addresses. Error pages are the templates 400, 403, 403_csrf, 404 and 500."""

from django.urls import include

from governance.kernel.sitemap import sitemap

urlpatterns = sitemap(
    include("governance.accounts.urls"),  # / desk sign-in sign-out password setup users appointments
    include("governance.whistles.urls"),  # whistles tickets files
    include("governance.whistles.scoring.urls"),  # scores ratings cards assessments
    include("governance.whistles.answering.urls"),  # answer/TOKEN: a department without an account
    include("governance.whistles.mail.urls"),  # outbox: mails that were not delivered
    include("governance.whistles.inbound.urls"),  # quarantine: replies from strangers
    include("governance.dashboards.urls"),  # dashboard: the city's and a district's figures
    include("communities.disclosure.urls"),  # public: certificates, white paper
    include("communities.signboards.urls"),  # signboards: register, lists, campaigns, rectifications
    include("governance.whistles.mailbox.urls"),  # mailbox: the demo's mail world
    include("governance.territory.urls"),  # territory: divisions, departments, imports
    include("communities.urls"),  # catalogues items applications demands refusals
    include("funding.urls"),  # ledger entitlements projects money (public)
    include("grid.urls"),  # grids incidents collection lab, my-grid (public)
    include("governance.kernel.pages.urls"),  # rules calendar metrics audit healthz livez
    include("governance.api_urls"),  # api/v1 api/schema api/docs
)
