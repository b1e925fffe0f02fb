"""The sitemap."""

urlpatterns = []
