"""/api/v1/applications/: read only, the pages' scope and filters."""

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers

from governance.whistles.api.describe import describe

from ..catalogues.api import ReadOnly
from ..models import AdmissionApplication
from .filters import ApplicationFilter
from .selectors import opinions_of
from .workflow import APPLICATION_FLOW


class ApplicationSerializer(serializers.ModelSerializer):
    """An application in a list."""

    department = serializers.CharField(source="department.code", read_only=True)
    department_name = serializers.CharField(source="department.short_name", read_only=True)
    unit = serializers.CharField(source="unit.code", read_only=True, allow_null=True, default=None)

    class Meta:
        model = AdmissionApplication
        fields = [
            "id", "number", "version", "status", "department", "department_name", "unit", "place", "name", "klass", "form",
            "created_at", "submitted_at", "decided_at", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


class OpinionSerializer(serializers.Serializer):
    """An answer; the community is null where the reader may not know it."""

    street = serializers.CharField()
    community = serializers.CharField(allow_null=True)
    stand = serializers.CharField(allow_blank=True)
    words = serializers.CharField(allow_blank=True)


class ApplicationDetailSerializer(ApplicationSerializer):
    """One application with its answers and what can be done now."""

    item = serializers.CharField(source="item.code", read_only=True, allow_null=True, default=None, help_text="准入号")
    merges = serializers.CharField(source="merges.code", read_only=True, allow_null=True, default=None)
    actions = serializers.SerializerMethodField(help_text="当前用户此刻可以执行的操作")
    opinions = serializers.SerializerMethodField()

    class Meta(ApplicationSerializer.Meta):
        fields = [
            *ApplicationSerializer.Meta.fields, "handling", "basis_document", "basis_article", "basis_mark", "necessity",
            "alternative", "times_a_year", "minutes", "communities", "information", "trial_scope", "funded_fen", "fund_number",
            "fund_source", "term", "start_on", "end_on", "form_code", "issuer", "approval_no", "form_valid_to",
            "city_approval_no", "corrections", "appeals", "consult_ends_at", "publicity_ends_at", "minutes_text", "bodies",
            "reviewed_on", "decision_note", "item", "merges", "actions", "opinions",
        ]  # fmt: skip
        read_only_fields = fields

    def get_actions(self, row) -> list[str]:
        """Names of the steps."""
        return [step.name for step in APPLICATION_FLOW.available(row, self.context["request"].actor)]

    @extend_schema_field(OpinionSerializer(many=True))
    def get_opinions(self, row) -> list[dict]:
        """What streets and communities said."""
        return [
            {
                "street": opinion.street.code12, "stand": opinion.stand, "words": opinion.words,
                "community": opinion.community.code12 if opinion.community and opinion.named else None,
            }
            for opinion in opinions_of(row, self.context["request"].actor)
        ]  # fmt: skip


@extend_schema_view(
    list=extend_schema(summary="准入申请", description="筛选、范围与页面一致。"),
    retrieve=extend_schema(summary="准入申请一件", responses=ApplicationDetailSerializer),
)
class ApplicationViewSet(ReadOnly):
    """Applications."""

    queryset = AdmissionApplication.objects.select_related("department", "unit", "item", "merges")
    serializer_class = ApplicationSerializer
    filterset_class = describe(ApplicationFilter)
    order = "-id"

    def get_serializer_class(self):
        """More for a single one."""
        return ApplicationDetailSerializer if self.action == "retrieve" else super().get_serializer_class()


def register(router) -> None:
    """Add them to the portal's router."""
    router.register("applications", ApplicationViewSet, basename="api-application")
