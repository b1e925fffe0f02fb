"""/api/v1/files/: an attachment is as visible as the case that it belongs to."""

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from governance.kernel.files import StoredFile

from ..selectors.timeline import may_open
from ..views.files import file_response
from .serializers import FileSerializer


class AnyType(BaseContentNegotiation):
    """A file is what it is, whatever the client would rather have."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class FileViewSet(viewsets.GenericViewSet):
    """Attachments."""

    queryset = StoredFile.objects.all()
    serializer_class = FileSerializer
    lookup_value_converter = "int"
    pagination_class = None
    filter_backends = []

    def get_object(self) -> StoredFile:
        """The file, or 404 as if there were none."""
        stored = StoredFile.objects.filter(pk=self.kwargs["pk"]).first()
        if stored is None or not may_open(stored, self.request.actor):
            raise Http404
        return stored

    @extend_schema(summary="附件信息", description="附件的名称、类型和下载地址；可见范围随所属哨单或工单。")
    def retrieve(self, request: Request, pk: int) -> Response:
        """What it is and where to fetch it."""
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        operation_id="file_content",
        summary="下载附件",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], url_path="content", url_name="content", content_negotiation_class=AnyType)
    def content(self, request: Request, pk: int) -> FileResponse:
        """The content itself."""
        return file_response(self.get_object())
