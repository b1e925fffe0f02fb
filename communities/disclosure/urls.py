"""Addresses of the public pages."""

from django.urls import path

from .views import CertificateNoticePage, CertificatesPage, WhitePaperPage

urlpatterns = [
    path("public/certificates/", CertificatesPage.as_view(), name="certificates"),
    path("public/certificates/<slug:slug>/", CertificateNoticePage.as_view(), name="certificate-notice"),
    path("public/white-paper/", WhitePaperPage.as_view(), name="white-paper"),
]
