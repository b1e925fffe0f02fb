"""Addresses of projects and payments."""

from django.urls import path

from .views import payments, projects

urlpatterns = [
    path("projects/", projects.ProjectListPage.as_view(), name="projects"),
    path("projects/new/", projects.ProjectNew.as_view(), name="project-new"),
    path("projects/<int:pk>/", projects.ProjectPage.as_view(), name="project"),
    path("projects/<int:pk>/edit/", projects.ProjectEdit.as_view(), name="project-edit"),
    path("projects/<int:pk>/meetings/<slug:step>/", projects.MeetingPage.as_view(), name="project-meeting"),
    path("projects/<int:pk>/notice/", projects.NoticePage.as_view(), name="project-notice"),
    path("projects/<int:pk>/extend/", projects.ExtendPage.as_view(), name="project-extend"),
    path("projects/<int:pk>/acceptance/", projects.AcceptancePage.as_view(), name="project-acceptance"),
    path("projects/<int:pk>/actions/<slug:action>/", projects.ProjectAction.as_view(), name="project-action"),
    path("projects/<int:pk>/pay/", payments.PaymentNew.as_view(), name="project-pay"),
    path("findings/<int:pk>/actions/<slug:action>/", projects.FindingAction.as_view(), name="finding-action"),
    path("payments/", payments.PaymentListPage.as_view(), name="payments"),
    path("payments/new/", payments.PaymentNew.as_view(), name="payment-new"),
    path("payments/<int:pk>/", payments.PaymentPage.as_view(), name="payment"),
    path("payments/<int:pk>/edit/", payments.PaymentEdit.as_view(), name="payment-edit"),
    path("payments/<int:pk>/actions/<slug:action>/", payments.PaymentAction.as_view(), name="payment-action"),
    path("payments/<int:pk>/refund/", payments.RefundNew.as_view(), name="payment-refund"),
    path("refunds/<int:pk>/actions/<slug:action>/", payments.RefundAction.as_view(), name="refund-action"),
    path("suppliers/", payments.SupplierListPage.as_view(), name="suppliers"),
    path("suppliers/new/", payments.SupplierNew.as_view(), name="supplier-new"),
]
