"""A civic client's whole conversation, in JSON and in XML: discover, services, definition, post, follow, filter, errors."""

import json
import re
from datetime import timedelta
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.test import Client

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from grid.incidents.models import Incident
from grid.incidents.services import incident_reject

from .conftest import LAT, LONG

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded; charset=utf-8"
W3 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
SERVICE = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
REQUEST = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
}  # fmt: skip


def spark(element: ElementTree.Element):
    """XML as a client's library maps it to objects: a list for the plural, None for an empty element."""
    if element.tag in ("services", "service_requests", "attributes", "endpoints", "formats", "errors"):
        return [spark(row) for row in element]
    return {row.tag: spark(row) for row in element} if len(element) else element.text


class CivicClient:
    """What the usual libraries do: the format as ending, a jurisdiction always sent, the key in the form."""

    def __init__(self, kind: str, key: str):
        self.kind, self.key, self.browser = kind, key, Client(enforce_csrf_checks=True)

    def get(self, path: str, **query):
        """(status, what the body says)."""
        query = {"jurisdiction_id": "dl.gov.example"} | query
        return self._read(self.browser.get(f"/open311/v2/{path}.{self.kind}", query, headers={"Accept": "*/*"}))

    def post(self, **fields):
        """POST requests as the specification sends them."""
        body = urlencode({"api_key": self.key, "jurisdiction_id": "dl.gov.example"} | fields)
        return self._read(self.browser.post(f"/open311/v2/requests.{self.kind}", body, content_type=FORM))

    def _read(self, answer):
        assert (
            answer["Content-Type"]
            == {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}[self.kind]
        )
        if self.kind == "json":
            return answer.status_code, json.loads(answer.content)
        assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
        return answer.status_code, spark(ElementTree.fromstring(answer.content))


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_the_usual_calls(kind, keys, home):
    city = CivicClient(kind, keys["community"])
    status, discovery = city.get("discovery")
    (endpoint,) = discovery["endpoints"]
    assert status == 200 and endpoint["formats"] == ["text/xml", "application/json"]
    assert (
        endpoint["url"].endswith("/open311/v2") and endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    )

    status, services = city.get("services")
    assert status == 200 and all(row.keys() == SERVICE for row in services)
    assert {row["type"] for row in services} == {"realtime"} and {str(row["metadata"]).lower() for row in services} == {
        "false"
    }
    code = next(row["service_code"] for row in services if row["service_code"] == "0101")
    assert city.get(f"services/{code}") == (200, {"service_code": code, "attributes": []})

    sent = {"service_code": code, "lat": LAT, "long": LONG, "description": "楼道电梯困人 <b>&", "email": "a@portal.example",
            "device_id": "d1", "attribute[X]": "1"}  # fmt: skip
    status, (made,) = city.post(**sent)
    assert status == 201 and made.keys() == {"service_request_id", "service_notice", "account_id"}
    number = made["service_request_id"]
    assert Incident.objects.get(number=number).words == "楼道电梯困人 <b>&"
    _, (other,) = city.post(service_code="0102", lat=LAT, long=LONG)

    status, (row,) = city.get(f"requests/{number}")
    assert status == 200 and row.keys() == REQUEST
    assert (row["status"], row["service_code"], row["description"]) == ("open", code, None)
    assert (float(row["lat"]), float(row["long"])) == (round(LAT, 3), round(LONG, 3))
    assert W3.fullmatch(row["requested_datetime"]) and W3.fullmatch(row["updated_datetime"])
    assert city.get(f"tokens/{number}")[1] == [{"service_request_id": number, "token": number}]

    incident_reject(incident=Incident.objects.get(number=other["service_request_id"]), by=SYSTEM, note="不属网格事项")
    ids = lambda **query: [row["service_request_id"] for row in city.get("requests", **query)[1]]  # noqa: E731
    day = timedelta(days=1)
    span = {"start_date": (clock.now() - day).isoformat(), "end_date": (clock.now() + day).isoformat()}
    assert ids(**span) == [other["service_request_id"], number]
    assert ids(status="open", **span) == ids(service_code=code) == ids(service_request_id=number) == [number]
    assert ids(status="closed") == [other["service_request_id"]]
    assert ids(end_date=(clock.now() - day).isoformat()) == []


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_the_usual_errors(kind, keys, home):
    city = CivicClient(kind, keys["community"])
    place = {"lat": LAT, "long": LONG}
    stranger = CivicClient(kind, "no such key")
    for (status, errors), wanted in (
        (city.post(**place), 400),  # no service_code
        (city.post(service_code="none", **place), 404),
        (city.post(service_code="0101"), 400),  # no place
        (stranger.post(service_code="0101", **place), 403),
        (city.get("services/none"), 404),
        (city.get("requests/none"), 404),
        (city.get("tokens/none"), 404),
        (city.get("requests", status="late"), 400),
        (city.get("no-such-call"), 404),
    ):
        (error,) = errors
        assert status == wanted and error.keys() == {"code", "description"}
        assert int(error["code"]) == wanted and error["description"]
    assert not Incident.objects.exists()


def test_the_ending_decides_and_not_what_the_client_accepts(client, db):
    answer = client.get("/open311/v2/services.json", headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json; charset=utf-8")
    answer = client.get("/open311/v2/services.xml", headers={"Accept": "application/xml"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")


def test_an_address_without_ending_is_an_error_of_the_specification(client, db):
    for answer in (client.get("/open311/v2/requests"), client.post("/open311/v2/requests", {"api_key": "x"})):
        assert (
            answer.status_code == 404 and answer.json()[0]["code"] == 404 and ".json" in answer.json()[0]["description"]
        )


def test_what_xml_cannot_hold_is_left_out(client, home):
    category = Incident._meta.get_field("category").related_model.objects.get(code="0101")
    category.name = "电\x07梯\ud800".encode("utf-8", "ignore").decode()
    category.save()
    answer = client.get("/open311/v2/services.xml")
    names = [row.findtext("service_name") for row in ElementTree.fromstring(answer.content)]
    assert "电梯" in names
