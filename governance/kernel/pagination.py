"""Keyset pages of the API. Apart from ``api``: the framework reads its settings, hence this, while it loads itself."""

from rest_framework import pagination
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from .ui.paging import BadCursor, KeysetPager


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
