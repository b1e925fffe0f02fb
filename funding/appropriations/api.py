"""/api/v1/entitlements/ and /api/v1/disbursements/: read only, the pages' scope and filters. Amounts are integer fen."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from governance.kernel.api import ScopedViewSet
from governance.whistles.api.describe import describe

from .filters import BatchFilter, LineFilter
from .models import DisbursementBatch, DisbursementLine, EntitlementLine


def _code(source: str) -> serializers.CharField:
    return serializers.CharField(source=source, read_only=True)


class ReasonSerializer(serializers.Serializer):
    """One line of the explanation with the rule that it follows."""

    text = serializers.CharField()
    rule = serializers.CharField()
    begins = serializers.CharField(source="from")


class EntitlementSerializer(serializers.ModelSerializer):
    """What one community is entitled to by one run, with its explanation."""

    run, status = _code("run.number"), _code("run.status")
    community, street, unit = _code("community.code12"), _code("street.code12"), _code("unit.code")
    basis = ReasonSerializer(many=True, read_only=True)

    class Meta:
        model = EntitlementLine
        fields = [
            "id", "run", "status", "year", "fund", "community", "street", "unit", "amount_fen", "full_fen", "given_fen", "months",
            "size", "households", "basis", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


class BatchLineSerializer(serializers.ModelSerializer):
    """One community's part; the account's last digits only."""

    community = _code("community.code12")
    account = serializers.CharField(source="payee.masked", read_only=True, allow_null=True, default=None)

    class Meta:
        model = DisbursementLine
        fields = ["number", "community", "account", "amount_fen", "status", "reason", "settled_at"]
        read_only_fields = fields


class BatchSerializer(serializers.ModelSerializer):
    """A batch with its lines."""

    unit = _code("unit.code")
    lines = BatchLineSerializer(many=True, read_only=True)

    class Meta:
        model = DisbursementBatch
        fields = [
            "id", "number", "version", "status", "unit", "fund", "year", "quarter", "percent", "amount_fen", "count", "total_fen",
            "created_label", "approved_label", "exported_at", "settled_at", "is_synthetic", "lines",
        ]  # fmt: skip
        read_only_fields = fields


class _ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """A list and single rows; filters belong to the list."""

    lookup_value_converter = "int"
    order = "-id"

    def filter_queryset(self, queryset):
        """Filter and page the list only."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


@extend_schema_view(list=extend_schema(summary="应得经费列表"), retrieve=extend_schema(summary="应得经费与测算说明"))
class EntitlementViewSet(_ReadOnly):
    """Entitlements."""

    queryset = EntitlementLine.objects.select_related("run", "community", "street", "unit")
    serializer_class = EntitlementSerializer
    filterset_class = describe(LineFilter)


@extend_schema_view(list=extend_schema(summary="拨付批次列表"), retrieve=extend_schema(summary="拨付批次与明细"))
class DisbursementViewSet(_ReadOnly):
    """Batches; account numbers are masked here."""

    queryset = DisbursementBatch.objects.select_related("unit").prefetch_related("lines__community", "lines__payee")
    serializer_class = BatchSerializer
    filterset_class = describe(BatchFilter)


def register(router) -> None:
    """Add them to the portal's router."""
    router.register("entitlements", EntitlementViewSet, "api-entitlement")
    router.register("disbursements", DisbursementViewSet, "api-disbursement")
