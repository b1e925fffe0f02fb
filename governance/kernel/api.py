"""What every endpoint shares: scope, keyset pages, domain errors as answers, idempotency keys."""

from collections.abc import Callable

from rest_framework import pagination, status, viewsets
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from .actor import Actor
from .errors import DomainError, StaleVersion
from .idempotency import run_once
from .ui.paging import BadCursor, KeysetPager

IDEMPOTENCY_HEADER = "Idempotency-Key"


def exception_handler(error: Exception, context: dict) -> Response | None:
    """Answer a refusal with its status, code, message and the fields concerned."""
    if isinstance(error, DomainError):
        body = {"code": error.code, "message": error.message, "fields": {k: v for k, v in error.fields.items() if k}}
        if isinstance(error, StaleVersion):
            body["changed"] = error.changed
        return Response(body, status=error.status_code)
    return drf_exception_handler(error, context)


class KeysetPagination(pagination.BasePagination):
    """``cursor`` and ``page_size`` (at most 100); the answer has results, next and previous. One query a page."""

    page_size = 50

    def paginate_queryset(self, queryset, request: Request, view=None) -> list:
        try:
            size = int(request.query_params.get("page_size", self.page_size))
            pager = KeysetPager(queryset, order=getattr(view, "order", "-id"), size=size)
            self.page = pager.page(request.query_params.get("cursor", ""))
        except BadCursor:
            raise ParseError("cursor 无效，请从第一页重新开始。") from None
        except ValueError:
            raise ParseError("page_size 必须是整数。") from None
        self.request = request
        return self.page.rows

    def get_paginated_response(self, data) -> Response:
        return Response({"next": self._url(self.page.next), "previous": self._url(self.page.previous), "results": data})

    def _url(self, cursor: str) -> str | None:
        if not cursor:
            return None
        query = self.request.query_params.copy()
        query["cursor"] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")

    def get_paginated_response_schema(self, schema: dict) -> dict:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view) -> list[dict]:
        return [
            {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": "上一页或下一页的游标"},
            {
                "name": "page_size",
                "in": "query",
                "schema": {"type": "integer", "maximum": 100},
                "description": "每页条数",
            },
        ]


class ScopedViewSet(viewsets.GenericViewSet):
    """A view set that shows what the actor may see; anything else is 404."""

    @property
    def actor(self) -> Actor:
        return self.request.actor

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.queryset.none()
        return self.queryset.visible_to(self.actor)

    def once(
        self, request: Request, endpoint: str, effect: Callable[[], dict], code: int = status.HTTP_201_CREATED
    ) -> Response:
        """Answer with ``effect``'s result; with an Idempotency-Key the same request again gets the same answer."""
        key = request.headers.get(IDEMPOTENCY_HEADER, "")
        if not key:
            return Response(effect(), status=code)
        answer, replayed = run_once(
            owner=f"user:{request.user.pk}", endpoint=endpoint, key=key, body=request.data, effect=effect
        )
        return Response(answer, status=code, headers={"Idempotent-Replay": "true"} if replayed else {})
