"""What forms look like in the API: read and written."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from governance.whistles.api.bodies import Body

from ..models import Form
from ..selectors import answers_of
from .references import MOST, code


class FormSerializer(serializers.ModelSerializer):
    """A form."""

    department = code("department.code")
    item = code("item.code", help_text="准入号")
    demand = code("demand.number")
    joined_into = code("joined_into.number")

    class Meta:
        model = Form
        fields = [
            "id", "number", "version", "status", "title", "purpose", "department", "item", "form_code", "issuer", "approval_no",
            "valid_from", "valid_to", "due_on", "communities", "reached", "fields_count", "manual_count", "cells", "asked_cells",
            "minutes", "minutes_before", "demand", "joined_into", "created_at", "dispatched_at", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


class FieldSerializer(serializers.Serializer):
    """A field and for how many communities it was known, automatic, asked before, or left to type in."""

    code = serializers.CharField(source="element.code")
    name = serializers.CharField(source="element.name")
    known = serializers.IntegerField()
    automatic = serializers.IntegerField()
    asked_before = serializers.IntegerField()
    manual = serializers.IntegerField()


class AnswerSerializer(serializers.Serializer):
    """A community's answers by code; null where the source has brought nothing yet."""

    community = serializers.CharField(source="community.code12")
    values = serializers.SerializerMethodField(help_text="数据项代码 → 取值")
    corrected = serializers.SerializerMethodField(help_text="下发以后更正的：数据项代码 → 原值")

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_values(self, row) -> dict:
        """Current values."""
        return {cell.element.code: cell.value for cell in row.cells}

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_corrected(self, row) -> dict:
        """What was put right."""
        return {cell.element.code: cell.before for cell in row.cells if cell.before}


class FormDetailSerializer(FormSerializer):
    """One form with its fields and answers."""

    fields_list = FieldSerializer(source="fields.all", many=True, read_only=True, help_text="字段与剔除结果")
    answers = serializers.SerializerMethodField(help_text="答案；起草和撤回的表为空")

    class Meta(FormSerializer.Meta):
        fields = [*FormSerializer.Meta.fields, "fields_list", "answers"]
        read_only_fields = fields

    @extend_schema_field(AnswerSerializer(many=True))
    def get_answers(self, form) -> list:
        """The current facts of its fields."""
        if not form.dispatched_at:
            return []
        return AnswerSerializer(answers_of(form, self.context["request"].actor), many=True).data


class FormBody(Body):
    """A draft. Marks may follow before it is dispatched."""

    title = serializers.CharField(max_length=100)
    purpose = serializers.CharField(max_length=1000)
    elements = serializers.ListField(
        child=serializers.RegexField(r"^[A-Z]{2}-[0-9]{3}$"), min_length=1, max_length=200, help_text="数据项代码"
    )
    communities = serializers.ListField(
        child=serializers.RegexField(r"^[0-9]{12}$"), min_length=1, max_length=MOST, help_text="12 位社区（村）代码"
    )
    item = serializers.CharField(max_length=20, required=False, allow_blank=True, default="", help_text="准入号")
    form_code = serializers.CharField(max_length=40, required=False, allow_blank=True, default="", help_text="表号")
    issuer = serializers.CharField(max_length=80, required=False, allow_blank=True, default="", help_text="制定机关")
    approval_no = serializers.CharField(
        max_length=80, required=False, allow_blank=True, default="", help_text="批准或备案文号"
    )
    valid_to = serializers.DateField(required=False, allow_null=True, default=None, help_text="有效期至")
    due_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="完成日期")


class DispatchBody(Body):
    """What the gate wants to know."""

    due_on = serializers.DateField(required=False, allow_null=True, help_text="完成日期")
    funded_fen = serializers.IntegerField(min_value=0, max_value=10**12, default=0, help_text="随事拨付经费（分）")
    fund_number = serializers.CharField(max_length=60, default="", allow_blank=True, help_text="预算指标号")
    over_quota_reason = serializers.CharField(max_length=1000, default="", allow_blank=True, help_text="增负说明")
    version = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2**31 - 1)
