"""What every endpoint shares: scope, keyset pages, domain errors as answers, idempotency keys."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from rest_framework import status, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback

from .actor import Actor
from .errors import Busy, DomainError, StaleVersion
from .idempotency import run_once
from .pagination import KeysetPagination
from .parsing import TooLarge

__all__ = ["IDEMPOTENCY_HEADER", "KeysetPagination", "ScopedViewSet", "exception_handler"]
IDEMPOTENCY_HEADER = "Idempotency-Key"


NOT_FOUND = "没有这个对象，或不在您的范围内。"


def exception_handler(error: Exception, context: dict) -> Response | None:
    """Answer every refusal in one shape: code, message, fields; ``changed`` says what made a version stale."""
    if isinstance(error, OperationalError) and "lock timeout" in str(error):
        error = Busy("另一位同事正在处理这件事，请稍后再试。")
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    if isinstance(error, DomainError):
        body = {"code": error.code, "message": error.message, "fields": {k: v for k, v in error.fields.items() if k}}
        if isinstance(error, StaleVersion):
            body["changed"] = error.changed
        set_rollback()
        return Response(body, status=error.status_code)
    response = drf_exception_handler(error, context)
    if response is not None:
        response.data = _framework_error(error, response)
    return response


def _framework_error(error: Exception, response: Response) -> dict:
    """What the framework refuses, in the portal's shape."""
    if isinstance(error, ValidationError):
        fields = _flat(error.detail)
        own = [fields.pop(name) for name in ("non_field_errors", "__all__") if name in fields]
        return {"code": "invalid", "message": "；".join([*own, *fields.values()]), "fields": fields}
    code = {404: "not_found", 403: "forbidden"}.get(response.status_code) or getattr(error, "default_code", "error")
    message = NOT_FOUND if response.status_code == 404 else str(response.data.get("detail", ""))
    return {"code": code, "message": message, "fields": {}}


def _flat(detail, path: str = "") -> dict[str, str]:
    """Nested errors by dotted name: files.0.name."""
    if isinstance(detail, dict):
        rows = detail.items()
    elif any(isinstance(row, (dict, list)) for row in detail):
        rows = enumerate(detail)
    else:
        return {path or "non_field_errors": "；".join(str(row) for row in detail)}
    flat = {}
    for name, inner in rows:
        flat |= _flat(inner, f"{path}.{name}" if path else str(name)) if inner else {}
    return flat


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
