"""The city office revises an element: the next version from a day to come, on the page and over the API."""

from datetime import timedelta

import pytest

from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from grid.collection import services
from grid.collection.models import DataElement
from tests_support import collection
from tests_support.collection import DAY, MORNING

pytestmark = pytest.mark.django_db
SOON = DAY + timedelta(days=7)
PAGE, API = "/elements/RK-001/revise/", "/api/v1/elements/RK-001/revise/"


@pytest.fixture(autouse=True)
def _office_hours():
    with clock.travel(MORNING):
        collection.elements("RK-001")
        yield


def body(client, path: str = PAGE, **changes) -> dict:
    """The form as it was shown, with changes."""
    form = client.get(path).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in (shown | {"valid_from": SOON} | changes).items()}


def versions(code: str = "RK-001") -> list[DataElement]:
    return list(DataElement.objects.filter(code=code).order_by("valid_from"))


def test_a_revision_begins_on_its_day(client, cast):
    client.force_login(cast.city)
    assert PAGE in client.get("/elements/RK-001/").content.decode()
    shown = client.get(PAGE).content.decode()
    assert "到启用日起，起草、取数和推送按新版" in shown and "选项" not in shown
    sent = body(
        client, sharing="restricted", sensitivity="sensitive", ttl_days=30, frequency="monthly", source_name="新系统"
    )
    assert "已存为新版" in client.post(PAGE, sent, follow=True).content.decode()
    old, new = versions()
    assert (old.valid_to, new.valid_from, new.valid_to) == (SOON, SOON, None)
    assert (new.sharing, new.sensitivity, new.ttl_days, new.frequency, new.source_name) == (
        "restricted", "sensitive", 30, "monthly", "新系统",
    )  # fmt: skip
    assert (new.kind, new.theme, new.measure, new.name) == (old.kind, old.theme, old.measure, old.name)
    assert DataElement.objects.in_force().get(code="RK-001") == old
    assert DataElement.objects.in_force(SOON).get(code="RK-001") == new
    event = AuditEvent.objects.get(action="dataelement.revise")
    assert event.data["changed"] == ["frequency", "sensitivity", "sharing", "source_name", "ttl_days"]
    assert client.post(PAGE, sent).status_code == 302  # the same click again
    assert len(versions()) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_from": DAY}, "valid_from"),
        ({"valid_from": "明天"}, "valid_from"),
        ({"name": " "}, "name"),
        ({"ttl_days": 0}, "ttl_days"),
        ({"sharing": "secret"}, "sharing"),
        ({"trade": "nobody"}, "trade"),
        ({"source_name": "x" * 61}, "source_name"),
    ],
)
def test_bad_input_keeps_what_was_typed(client, cast, changes, field):
    client.force_login(cast.city)
    answer = client.post(PAGE, body(client, frequency="quarterly", **({"source_name": "新来源系统"} | changes)))
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, [field])
    assert form["frequency"].value() == "quarterly" and 'value="quarterly" selected' in answer.content.decode()
    assert len(versions()) == 1


def test_nothing_changed_is_no_revision(client, cast):
    client.force_login(cast.city)
    answer = client.post(PAGE, body(client))
    assert answer.status_code == 422 and "没有任何改动" in answer.content.decode()


def test_options_belong_to_a_choice(client, cast):
    client.force_login(cast.city)
    path = "/elements/ZZ-012/revise/"
    assert client.post(path, body(client, path, choices="只有一个")).status_code == 422
    client.post(path, body(client, path, choices="每月\n每季度\n\n每年"))
    assert versions("ZZ-012")[-1].choices == ["每月", "每季度", "每年"]


def test_two_officers_at_once(client, cast):
    """The second had the earlier version before his eyes: told so, nothing lost."""
    client.force_login(cast.city)
    late = body(client, ttl_days=30, valid_from=SOON + timedelta(days=30))
    client.post(PAGE, body(client, ttl_days=60))
    answer = client.post(PAGE, late)
    assert answer.status_code == 409 and "刚刚有了新版" in answer.content.decode()
    assert [row.ttl_days for row in versions()][1:] == [60]
    assert "（尚未启用）" in client.get(PAGE).content.decode()


@pytest.mark.parametrize("who", ["dept", "community", "staff", "auditor"])
def test_only_the_city_revises(client, cast, who):
    client.force_login(getattr(cast, who))
    assert PAGE not in client.get("/elements/RK-001/").content.decode()
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"valid_from": SOON, "name": "别的"}).status_code == 403
    assert client.post(API, {"valid_from": SOON, "name": "别的"}, content_type="application/json").status_code == 403
    assert len(versions()) == 1


def test_an_unknown_code_is_not_found(client, cast):
    client.force_login(cast.city)
    assert client.get("/elements/XX-999/revise/").status_code == 404


def test_over_the_api_once(client, cast):
    client.force_login(cast.city)
    post = lambda sent, **more: client.post(API, sent, content_type="application/json", **more)  # noqa: E731
    sent = {"valid_from": SOON.isoformat(), "ttl_days": 45, "sharing": "open"}
    first = post(sent, headers={"Idempotency-Key": "revise-1"})
    again = post(sent, headers={"Idempotency-Key": "revise-1"})
    assert (first.status_code, first.json()["days"], first.json()["valid_from"]) == (201, 45, SOON.isoformat())
    assert again.json() == first.json() and len(versions()) == 2
    assert post(sent | {"valid_from": DAY.isoformat()}).status_code in (400, 422)
    assert post({"valid_from": "2027-05-01", "kind": "short"}).status_code == 400
    assert post({"valid_from": "2027-05-01"}).status_code in (400, 422)
    assert post({"valid_from": "2027-05-01", "ttl_days": 9, "seen": "2024-01-01"}).status_code == 409
    assert post({"valid_from": "2027-05-01", "choices": ["甲", "乙"]}).status_code in (400, 422)
    assert len(versions()) == 2


def test_the_service_checks_for_every_door(actors):
    with pytest.raises(services.elements.Invalid):
        services.element_revise(by=actors.city, code="ZZ-012", valid_from=SOON, choices=[])
    with pytest.raises(services.elements.Invalid):
        services.element_revise(by=actors.city, code="RK-001", valid_from=SOON, sharing="secret")
    assert len(versions()) == 1
