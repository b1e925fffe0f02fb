"""What the API shows of whistles, tickets, ratings, scorecards and files. Reading only: services write."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from governance.accounts.roles import DEPT_ROLES
from governance.kernel.files import StoredFile

from ..forms import ticket_actions, whistle_actions
from ..models import Card, Comment, Hold, Objection, Rating, Scorecard, Ticket, TicketReport, Whistle
from ..models.scorecard import SEALED
from ..selectors.timeline import files_of, timeline_of


def code(source: str, **more) -> serializers.CharField:
    """A reference as the code of what it refers to."""
    return serializers.CharField(source=source, read_only=True, allow_null=True, default=None, **more)


def sealed(name: str) -> serializers.FloatField:
    """A figure that depends on ratings, as far as this reader may know it."""
    return serializers.FloatField(source=f"seen_{name}", read_only=True, allow_null=True)


class FileSerializer(serializers.ModelSerializer):
    """An attachment and where to fetch its content."""

    download = serializers.SerializerMethodField()

    class Meta:
        model = StoredFile
        fields = ["id", "name", "mime", "size", "sha256", "uploaded_by", "created_at", "download"]

    def get_download(self, file) -> str:
        """The address of the content."""
        return self.context["request"].build_absolute_uri(reverse("api-file-content", args=[file.pk]))


class EventSerializer(serializers.Serializer):
    """One line of the timeline."""

    at = serializers.DateTimeField()
    title = serializers.CharField()
    who = serializers.CharField()
    body = serializers.CharField()


class ClockSerializer(serializers.Serializer):
    """The limit that runs or stands still now."""

    due_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField()
    state = serializers.ChoiceField(["running", "paused"])
    label = serializers.CharField()
    rule_key = serializers.CharField()
    provisional = serializers.BooleanField()


class _Actions(serializers.Serializer):
    """Adds ``actions``: what this user may do now. ``spec_table`` is forms' action module."""

    actions = serializers.SerializerMethodField(help_text="当前用户此刻可以执行的操作")
    spec_table = None

    def get_actions(self, row) -> list[str]:
        """Names of the steps."""
        return [spec.name for spec in self.spec_table.available_actions(row, self.context["request"].actor)]


class PartSerializer(serializers.ModelSerializer):
    """A ticket as part of its whistle; ``id`` only where the reader may open it."""

    id = serializers.SerializerMethodField()
    department = code("department.code")
    department_name = code("department.short_name")

    class Meta:
        model = Ticket
        fields = ["id", "department", "department_name", "role", "status"]

    def get_id(self, ticket) -> int | None:
        """The id, or null for a colleague's ticket that the reader may not open."""
        return ticket.pk if ticket.seen else None


class WhistleSerializer(serializers.ModelSerializer):
    """A whistle in a list."""

    street = code("street.code12")
    unit = code("unit.code")
    community = code("community.code12")
    category = code("category.code")
    parts = PartSerializer(many=True, read_only=True)

    class Meta:
        model = Whistle
        fields = [
            "id", "number", "version", "status", "scene", "tier", "source", "title", "place", "street", "unit", "community",
            "category", "households", "is_confidential", "created_at", "submitted_at", "dispatched_at", "closed_at",
            "is_synthetic", "parts",
        ]  # fmt: skip
        read_only_fields = fields


class WhistleDetailSerializer(_Actions, WhistleSerializer):
    """One whistle with its story."""

    spec_table = whistle_actions
    grid = code("grid.code15")
    merged_into = serializers.SerializerMethodField()
    recurrence_of = serializers.SerializerMethodField()
    proposals = serializers.SerializerMethodField(help_text="拟派部门（派发前）")
    files = serializers.SerializerMethodField()
    timeline = serializers.SerializerMethodField()

    class Meta(WhistleSerializer.Meta):
        fields = [
            *WhistleSerializer.Meta.fields, "grid", "facts", "done_already", "legal_basis", "expected_at", "merged_into",
            "recurrence_of", "proposals", "files", "actions", "timeline",
        ]  # fmt: skip
        read_only_fields = fields

    def _seen(self, pk: int | None) -> int | None:
        """A tie to a whistle that the reader may see."""
        found = pk and Whistle.objects.visible_to(self.context["request"].actor).filter(pk=pk).exists()
        return pk if found else None

    def get_merged_into(self, whistle) -> int | None:
        """The whistle that it went into."""
        return self._seen(whistle.merged_into_id)

    def get_recurrence_of(self, whistle) -> int | None:
        """The whistle that it came back from."""
        return self._seen(whistle.recurrence_of_id)

    @extend_schema_field(serializers.ListField(child=serializers.DictField(child=serializers.CharField())))
    def get_proposals(self, whistle) -> list[dict]:
        """Department codes and parts."""
        rows = whistle.proposals.select_related("department").order_by("-role", "id")
        return [{"department": row.department.code, "role": row.role} for row in rows]

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, whistle) -> list:
        """Attachments that the reader may open."""
        return FileSerializer(files_of(whistle, self.context["request"].actor), many=True, context=self.context).data

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, whistle) -> list:
        """What happened, newest first."""
        return EventSerializer(timeline_of(whistle, self.context["request"].actor), many=True).data


class TicketSerializer(serializers.ModelSerializer):
    """A ticket in a list."""

    whistle_number = code("whistle.number")
    title = code("whistle.title")
    department = code("department.code")
    department_name = code("department.short_name")
    station = code("station.code")
    superior = code("superior.code")
    street = code("street.code12")
    unit = code("unit.code")
    community = code("community.code12")
    category = code("category.code")
    is_late = serializers.BooleanField(read_only=True, help_text="当前时限已过")
    clock = ClockSerializer(read_only=True, allow_null=True)
    next_step = serializers.CharField(read_only=True)

    class Meta:
        model = Ticket
        fields = [
            "id", "version", "whistle", "whistle_number", "title", "department", "department_name", "station", "superior",
            "street", "unit", "community", "category", "scene", "role", "status", "stage", "due_at", "is_late", "clock",
            "next_step", "created_at", "accepted_at", "contacted_at", "arrived_at", "arrive_mode", "arrived_by", "done_at",
            "verified_at", "closed_at", "outcome", "rework_count", "was_hung", "is_excluded", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


class ReportSerializer(serializers.ModelSerializer):
    """A report of completion."""

    class Meta:
        model = TicketReport
        fields = ["outcome", "taken_up", "talked_with", "measures", "settled_by", "basis", "reported_by", "created_at"]


class HoldSerializer(serializers.ModelSerializer):
    """A hold."""

    class Meta:
        model = Hold
        fields = [
            "reason", "explanation", "leader", "milestones", "told_residents", "review_on", "state", "asked_by",
            "created_at", "decided_by", "decided_at", "decision_note", "ended_as", "ended_at",
        ]  # fmt: skip


class ObjectionSerializer(serializers.ModelSerializer):
    """An objection and its ruling."""

    suggested = code("suggested.code")

    class Meta:
        model = Objection
        fields = [
            "grounds", "clause", "suggested", "suggested_text", "filed_by", "created_at", "ruling", "ruling_note", "ruled_by",
            "ruled_at",
        ]  # fmt: skip


class CardSerializer(serializers.ModelSerializer):
    """A supervision card."""

    class Meta:
        model = Card
        fields = ["colour", "reason", "stage", "number", "created_at", "explanation", "explained_at", "is_revoked"]


class CommentSerializer(serializers.ModelSerializer):
    """A comment."""

    class Meta:
        model = Comment
        fields = ["body", "author", "via", "created_at"]


class TicketDetailSerializer(_Actions, TicketSerializer):
    """One ticket with everything said about it."""

    spec_table = ticket_actions
    reports = ReportSerializer(many=True, read_only=True)
    holds = HoldSerializer(many=True, read_only=True)
    objection = serializers.SerializerMethodField()
    cards = CardSerializer(many=True, read_only=True)
    comments = CommentSerializer(many=True, read_only=True)
    files = serializers.SerializerMethodField()
    timeline = serializers.SerializerMethodField()

    class Meta(TicketSerializer.Meta):
        fields = [
            *TicketSerializer.Meta.fields, "reports", "holds", "objection", "cards", "comments", "files", "actions",
            "timeline",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ObjectionSerializer(allow_null=True))
    def get_objection(self, ticket) -> dict | None:
        """The objection, if one was raised."""
        found = getattr(ticket, "objection", None)
        return ObjectionSerializer(found).data if found else None

    @extend_schema_field(FileSerializer(many=True))
    def get_files(self, ticket) -> list:
        """The whistle's and this ticket's attachments."""
        found = files_of(ticket.whistle, self.context["request"].actor, ticket=ticket)
        return FileSerializer(found, many=True, context=self.context).data

    @extend_schema_field(EventSerializer(many=True))
    def get_timeline(self, ticket) -> list:
        """What happened, newest first."""
        found = timeline_of(ticket.whistle, self.context["request"].actor, ticket=ticket)
        return EventSerializer(found, many=True).data


class RatingSerializer(serializers.ModelSerializer):
    """A single rating, open to this reader; the rater's name is the street's own business."""

    department = code("department.code")
    street = code("street.code12")
    rated_by = serializers.SerializerMethodField()

    class Meta:
        model = Rating
        fields = [
            "id", "ticket", "department", "street", "quarter", "speed", "attitude", "quality", "lawfulness", "thoroughly",
            "again", "low_reason", "comment", "rated_by", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_rated_by(self, rating) -> str | None:
        """Who rated; null for departments."""
        return None if self.context["request"].actor.posts_in(*DEPT_ROLES) else rating.rated_by


class ScorecardSerializer(serializers.ModelSerializer):
    """A department's card; what depends on too few ratings is null for those who do not oversee it."""

    department = code("department.code")
    department_name = code("department.short_name")
    resolution = sealed("resolution")
    satisfaction = sealed("satisfaction")
    total = sealed("total")
    adjusted = sealed("adjusted")
    lower_bound = sealed("lower_bound")

    class Meta:
        model = Scorecard
        fields = [
            "id", "department", "department_name", "period", "tickets", "ratings", "response", *SEALED, "penalty", "hold_rate",
            "rank", "ranked", "is_small", "is_stale", "is_synthetic", "computed_at",
        ]  # fmt: skip
        read_only_fields = fields
