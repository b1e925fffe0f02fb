"""/api/v1/accounts/ and /api/v1/journals/: read only, the pages' scope and filters. Amounts are integer fen."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from governance.kernel.api import ScopedViewSet
from governance.whistles.api.describe import describe

from .filters import AccountFilter, JournalFilter
from .models import Account, Entry, Journal


class AccountSerializer(serializers.ModelSerializer):
    """An account; places by code."""

    unit = serializers.CharField(source="unit.code", read_only=True, allow_null=True, default=None)
    community = serializers.CharField(source="community.code12", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Account
        fields = [
            "id", "kind", "fund", "year", "unit", "community", "function_code", "economic_code", "project", "balance_fen",
            "entries", "last_at",
        ]  # fmt: skip
        read_only_fields = fields


class EntrySerializer(serializers.ModelSerializer):
    """One leg."""

    class Meta:
        model = Entry
        fields = ["line", "account", "fen", "balance_after"]
        read_only_fields = fields


class JournalSerializer(serializers.ModelSerializer):
    """A journal with the legs that the asker may see."""

    number = serializers.CharField(read_only=True)
    entries = serializers.SerializerMethodField()

    class Meta:
        model = Journal
        fields = [
            "id", "number", "kind", "fund", "day", "at", "memo", "amount_fen", "legs", "document_label", "reverses", "by_label",
            "is_synthetic", "entries",
        ]  # fmt: skip
        read_only_fields = fields

    def get_entries(self, row) -> list[dict]:
        """In their order; legs of accounts out of scope are left out."""
        return EntrySerializer(row.seen, many=True).data


class ReadOnly(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """A list and single rows; filters belong to the list."""

    lookup_value_converter = "int"

    def filter_queryset(self, queryset):
        """The list's filters only."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


@extend_schema_view(
    list=extend_schema(summary="账户余额", description="缺省不列零余额账户；金额单位为分。"),
    retrieve=extend_schema(summary="一个账户"),
)
class AccountViewSet(ReadOnly):
    """Accounts."""

    queryset = Account.objects.select_related("unit", "community")
    serializer_class = AccountSerializer
    filterset_class = describe(AccountFilter)
    order = "-id"


@extend_schema_view(
    list=extend_schema(summary="记账凭证", description="只增不改；金额单位为分。"),
    retrieve=extend_schema(summary="一张凭证"),
)
class JournalViewSet(ReadOnly):
    """Journals with their legs."""

    queryset = Journal.objects.all()
    serializer_class = JournalSerializer
    filterset_class = describe(JournalFilter)
    order = "-id"

    def get_queryset(self):
        """The visible ones, each with the visible legs as ``seen``."""
        from django.db.models import Prefetch

        legs = (
            Entry.objects.visible_to(self.actor).order_by("line")
            if hasattr(self.request, "actor")
            else Entry.objects.none()
        )
        return super().get_queryset().prefetch_related(Prefetch("entries", queryset=legs, to_attr="seen"))


def register(router) -> None:
    """Add them to the portal's router."""
    router.register("accounts", AccountViewSet, basename="api-account")
    router.register("journals", JournalViewSet, basename="api-journal")
