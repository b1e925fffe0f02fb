"""Reading JSON within a limit: the framework itself would read a body of any length into memory."""

from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class TooLarge(APIException):
    """The body is longer than DATA_UPLOAD_MAX_MEMORY_SIZE."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "请求内容过大。"
    default_code = "too_large"


class LimitedJSONParser(JSONParser):
    """JSON objects of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes; anything nested too deeply is malformed."""

    def parse(self, stream, media_type=None, parser_context=None) -> dict:
        """Return the body. Raises TooLarge (413) or ParseError (400)."""
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON 嵌套过深。") from None
        if not isinstance(body, dict):
            raise ParseError("请求内容须为一个 JSON 对象。")
        return body
