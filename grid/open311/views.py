"""GeoReport v2 in JSON and XML. Reading is open to everybody; sending takes an ``api_key``."""

from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from governance.accounts.selectors import actor_of
from governance.kernel.api import IDEMPOTENCY_HEADER
from governance.kernel.policy import policy

from .errors import Missing, as_list
from .formats import JSON, ByEnding, SpecXML
from .intake import request_submit
from .keys import ApiKey, LimitedForm, LimitedMultiPart, ReadOrKey
from .published import categories, definition, request_of, services
from .queries import clean, published, requests_matching

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"  # the name that clients compare; nothing is loaded from there
CHANGESET = "2026-11-24T00:00:00+08:00"


class Open311View(APIView):
    """What all share. Not in the portal's own API schema: the specification describes it."""

    schema = None
    authentication_classes = (ApiKey,)
    permission_classes = (ReadOrKey,)
    parser_classes = (LimitedForm, LimitedMultiPart)
    renderer_classes = (JSON, SpecXML)
    content_negotiation_class = ByEnding
    xml: tuple[str, ...] = ("service_requests", "request")  # the root and its rows

    def get_exception_handler(self):
        """Errors as a list."""
        return as_list


class Discovery(Open311View):
    """GET /discovery.json."""

    xml = ("discovery",)

    def get(self, request: Request) -> Response:
        """Where the endpoint is and what it speaks."""
        url = request.build_absolute_uri(reverse("open311-discovery")).removesuffix("/discovery.json")
        endpoint = {
            "specification": SPECIFICATION, "url": url, "changeset": CHANGESET, "type": "production",
            "formats": ["text/xml", "application/json"],
        }  # fmt: skip
        key = "api_key 即接口令牌，由管理员为账号发放。"
        contact = policy("grid.supervision_phone")
        return Response({"changeset": CHANGESET, "contact": contact, "key_service": key, "endpoints": [endpoint]})


class Services(Open311View):
    """GET /services.json."""

    xml = ("services", "service")

    def get(self, request: Request) -> Response:
        """The categories."""
        return Response(services())


class Service(Open311View):
    """GET /services/{code}.json."""

    xml = ("service_definition",)

    def get(self, request: Request, code: str) -> Response:
        """One category's definition; 404 for an unknown one."""
        row = categories().filter(code=clean({"service_code": code})["service_code"]).first()
        if row is None:
            raise Missing("没有这个 service_code。")
        return Response(definition(row))


class Requests(Open311View):
    """GET and POST /requests.json."""

    def get(self, request: Request) -> Response:
        """The newest that match."""
        return Response([request_of(row) for row in requests_matching(request.query_params)])

    def post(self, request: Request) -> Response:
        """Take one in."""
        key = request.headers.get(IDEMPOTENCY_HEADER, "")
        row = request_submit(by=actor_of(request.user, via="api"), fields=request.data, key=key)
        return Response([{"service_request_id": row.number, "service_notice": None, "account_id": None}], status=201)


class OneRequest(Open311View):
    """GET /requests/{id}.json."""

    def get(self, request: Request, number: str) -> Response:
        """A list of one; 404 for an unknown one."""
        row = published().filter(number=clean({"service_request_id": number})["service_request_id"]).first()
        if row is None:
            raise Missing("没有这个 service_request_id。")
        return Response([request_of(row)])


class Token(Open311View):
    """GET /tokens/{token}.json. Every service is realtime: no token is handed out, and a request's own number serves as one."""

    def get(self, request: Request, token: str) -> Response:
        """The number; 404 for an unknown one."""
        row = published().filter(number=clean({"token": token})["token"]).first()
        if row is None:
            raise Missing("没有这个 token。")
        return Response([{"service_request_id": row.number, "token": token}])


class Nothing(Open311View):
    """Any other address: a client reads an error of the specification, not a page."""

    authentication_classes = permission_classes = ()

    def get(self, request: Request, rest: str) -> Response:
        """404."""
        raise Missing("没有这个接口；地址须以 .json 或 .xml 结尾。")

    post = get
