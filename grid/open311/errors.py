"""Refusals as GeoReport v2 wants them: a list of {code, description} with the same status."""

from rest_framework.response import Response

from governance.kernel.api import exception_handler
from governance.kernel.errors import DomainError


class Missing(DomainError):
    """A service, request or token that there is not (404)."""

    status_code = 404
    code = "not_found"


def as_list(error: Exception, context: dict) -> Response | None:
    """The portal's answer to ``error`` in the specification's shape; None for what is nobody's fault but ours (500)."""
    response = exception_handler(error, context)
    if response is not None:
        said = response.data.get("message") or "请求无法处理。"
        response.data = [{"code": response.status_code, "description": said}]
    return response
