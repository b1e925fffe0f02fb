"""What every endpoint shares: scope, keyset pages, domain errors as answers, idempotency keys."""

from collections.abc import Callable

from rest_framework import status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from .actor import Actor
from .errors import DomainError, StaleVersion
from .idempotency import run_once
from .pagination import KeysetPagination

__all__ = ["IDEMPOTENCY_HEADER", "KeysetPagination", "ScopedViewSet", "exception_handler"]
IDEMPOTENCY_HEADER = "Idempotency-Key"


def exception_handler(error: Exception, context: dict) -> Response | None:
    """Answer a refusal with its status, code, message and the fields concerned."""
    if isinstance(error, DomainError):
        body = {"code": error.code, "message": error.message, "fields": {k: v for k, v in error.fields.items() if k}}
        if isinstance(error, StaleVersion):
            body["changed"] = error.changed
        return Response(body, status=error.status_code)
    return drf_exception_handler(error, context)


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
