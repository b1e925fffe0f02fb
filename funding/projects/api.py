"""/api/v1/projects/ and /api/v1/payments/: read only, the pages' scope and filters. Amounts are integer fen."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from funding.ledger.api import ReadOnly
from governance.whistles.api.describe import describe

from .filters import PaymentFilter, ProjectFilter
from .models import BudgetLine, PaymentRequest, Project


class BudgetLineSerializer(serializers.ModelSerializer):
    """One line of the budget."""

    class Meta:
        model = BudgetLine
        fields = ["economic_code", "words", "fen"]
        read_only_fields = fields


class ProjectSerializer(serializers.ModelSerializer):
    """A project with its budget; places by code."""

    unit = serializers.CharField(source="unit.code", read_only=True)
    street = serializers.CharField(source="street.code12", read_only=True)
    community = serializers.CharField(source="community.code12", read_only=True)
    lines = BudgetLineSerializer(many=True, read_only=True)

    class Meta:
        model = Project
        fields = [
            "id", "number", "unit", "street", "community", "fund", "year", "title", "purpose", "category", "idea_from", "budget_fen",
            "round", "status", "version", "created_at", "filed_at", "closed_at", "is_synthetic", "lines",
        ]  # fmt: skip
        read_only_fields = fields


class PaymentSerializer(serializers.ModelSerializer):
    """A payment; the account's number is not given out."""

    unit = serializers.CharField(source="unit.code", read_only=True)
    community = serializers.CharField(source="community.code12", read_only=True)
    project = serializers.CharField(source="project.number", read_only=True, allow_null=True, default=None)
    supplier = serializers.CharField(source="supplier.name", read_only=True)

    class Meta:
        model = PaymentRequest
        fields = [
            "id", "number", "unit", "community", "project", "fund", "year", "supplier", "economic_code", "amount_fen",
            "refunded_fen", "purpose", "needs_second", "status", "version", "created_at", "settled_at", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="服务群众项目", description="四议两公开的项目及其预算；金额单位为分。"),
    retrieve=extend_schema(summary="一个项目"),
)
class ProjectViewSet(ReadOnly):
    """Projects."""

    queryset = Project.objects.select_related("unit", "street", "community").prefetch_related("lines")
    serializer_class = ProjectSerializer
    filterset_class = describe(ProjectFilter)
    order = "-id"


@extend_schema_view(
    list=extend_schema(summary="支付申请", description="金额单位为分；账号不外传。"),
    retrieve=extend_schema(summary="一笔支付"),
)
class PaymentViewSet(ReadOnly):
    """Payments."""

    queryset = PaymentRequest.objects.select_related("unit", "community", "project", "supplier")
    serializer_class = PaymentSerializer
    filterset_class = describe(PaymentFilter)
    order = "-id"


def register(router) -> None:
    """Add them to the portal's router."""
    router.register("projects", ProjectViewSet, basename="api-project")
    router.register("payments", PaymentViewSet, basename="api-payment")
