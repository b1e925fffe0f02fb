"""/api/v1/open-datasets/ and /open-data-dictionary/: the public pages for machines. Read only, for anybody."""

from django.http import Http404
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import mixins, permissions, serializers
from rest_framework.response import Response

from governance.kernel.api import ScopedViewSet
from governance.whistles.api.describe import describe

from . import selectors
from .dictionary import SOURCES
from .filters import PublicDatasetFilter
from .models import OpenDataset, OpenDatasetFile

GONE = OpenApiResponse(description="已撤回；message 是撤回说明", response={"$ref": "#/components/schemas/Error"})
JSON = {"type": "object", "additionalProperties": {}}


class OpenDatasetFileSerializer(serializers.ModelSerializer):
    """A file with its hashes."""

    url = serializers.SerializerMethodField(help_text="下载地址")

    class Meta:
        model = OpenDatasetFile
        fields = ["kind", "name", "size", "sha256", "sm3", "url"]
        read_only_fields = fields

    def get_url(self, row) -> str:
        """Absolute."""
        return self.context["request"].build_absolute_uri(row.url)


class OpenDatasetSerializer(serializers.ModelSerializer):
    """A published data set."""

    class Meta:
        model = OpenDataset
        fields = [
            "id", "title", "institution", "purpose", "source", "start", "end", "row_count", "group_count", "k_required",
            "k_reached", "published_at", "is_synthetic",
        ]  # fmt: skip
        read_only_fields = fields


class OpenDatasetDetailSerializer(OpenDatasetSerializer):
    """With dictionary, licence, query and files."""

    package = serializers.SerializerMethodField(help_text="Frictionless 数据包：字典、许可、查询、匿名性")
    files = serializers.SerializerMethodField()

    class Meta(OpenDatasetSerializer.Meta):
        fields = [*OpenDatasetSerializer.Meta.fields, "package", "files"]
        read_only_fields = fields

    @extend_schema_field(JSON)
    def get_package(self, row) -> dict:
        """As it was published."""
        return row.package

    @extend_schema_field(OpenDatasetFileSerializer(many=True))
    def get_files(self, row) -> list:
        """Without their content."""
        return OpenDatasetFileSerializer(selectors.files_of(row), many=True, context=self.context).data


@extend_schema_view(
    list=extend_schema(summary="已发布的开放数据", description="不用登录；草稿和已撤回的不在其中。"),
    retrieve=extend_schema(
        summary="一份开放数据", responses={200: OpenDatasetDetailSerializer, 410: GONE}, description="不用登录；已撤回的答 410 和理由。"
    ),
)  # fmt: skip
class OpenDatasetViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Published data sets; scope is everybody's."""

    permission_classes = [permissions.AllowAny]
    queryset = OpenDataset.objects.known()
    serializer_class = OpenDatasetSerializer
    filterset_class = describe(PublicDatasetFilter)
    lookup_value_converter = "int"
    order = "-id"

    def get_queryset(self):
        """All that is published, whoever asks; a single one may be gone."""
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.queryset.all() if self.action == "retrieve" else OpenDataset.objects.published().defer("package")

    def get_serializer_class(self):
        """More for a single one."""
        return OpenDatasetDetailSerializer if self.action == "retrieve" else self.serializer_class

    def get_object(self):
        """410 for a withdrawn one."""
        return selectors.demand_public(super().get_object())

    def filter_queryset(self, queryset):
        """The list's filters only."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


class DictionarySerializer(serializers.Serializer):
    """A kind of data with all its columns."""

    key = serializers.CharField()
    label = serializers.CharField()
    about = serializers.CharField()
    columns = serializers.ListField(child=serializers.DictField())
    dropped = serializers.ListField(child=serializers.DictField())


class DictionaryViewSet(ScopedViewSet):
    """The dictionary; everybody's."""

    permission_classes = [permissions.AllowAny]
    queryset = OpenDataset.objects.none()
    serializer_class = DictionarySerializer
    pagination_class = None
    lookup_field = "key"

    @extend_schema(
        summary="开放数据的数据字典", responses=DictionarySerializer(many=True), filters=False,
        parameters=[OpenApiParameter("q", str, description="只要名称、标签或含义里有这些字的列，最多 40 字")],
    )  # fmt: skip
    def list(self, request) -> Response:
        """All kinds of data; with ``q`` only the columns that speak of it."""
        return Response(selectors.dictionaries(request.query_params.get("q", "")[:40]))

    @extend_schema(summary="一类数据的数据字典", responses=DictionarySerializer)
    def retrieve(self, request, key: str) -> Response:
        """One kind; 404 for an unknown one."""
        if key not in SOURCES:
            raise Http404
        return Response(next(row for row in selectors.dictionaries() if row["key"] == key))


def register(router) -> None:
    """Add them to the portal's router."""
    router.register("open-datasets", OpenDatasetViewSet, basename="api-open-dataset")
    router.register("open-data-dictionary", DictionaryViewSet, basename="api-open-data-dictionary")
