"""Rules: everybody reads where a figure comes from; the city's office adds the next version, from tomorrow."""

from datetime import timedelta

import pytest

from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.kernel.pages.services import misfit, rule_change
from governance.kernel.pages.values import read, typed, value_cn
from governance.kernel.policy import PolicyRule, policy, rule_for

KEY = "whistle.accept.emergency"


def tomorrow():
    return clock.today() + timedelta(days=1)


def change(actors, **changes):
    facts = {"by": actors.city, "key": KEY, "value": 20, "effective_from": tomorrow(), "reason": "试行一个月后调整"}
    return rule_change(**{**facts, **changes})


def post(client, key=KEY, **changes):
    facts = {"value": "20", "effective_from": tomorrow().isoformat(), "reason": "试行后调整"}
    return client.post(f"/rules/{key}/change/", {**facts, **changes})


@pytest.mark.parametrize("who", ["staff", "dept", "community", "auditor", "outsider"])
def test_everybody_signed_in_reads_the_rules(client, cast, who):
    client.force_login(getattr(cast, who))
    page = client.get(f"/rules/{KEY}/").content.decode()
    assert "15 分钟" in page
    assert "外地参考" in page
    assert "南京鼓楼" in page
    assert "调整</a>" not in page


def test_nobody_reads_them_without_signing_in(client, db):
    assert client.get("/rules/")["Location"] == "/sign-in/?next=/rules/"


def test_the_list_filters_by_group_and_source(client, cast):
    client.force_login(cast.staff)
    rows = client.get("/rules/?group=account&source_mark=design").context["page"].rows
    assert rows
    assert all(rule.key.startswith("account.") and rule.source_mark == "design" for rule in rows)
    text = b"".join(client.get("/rules/?group=whistle&export=csv")).decode()
    assert "签收时限（应急处置）" in text
    assert "15 分钟" in text


@pytest.mark.parametrize("path", ["/rules/no.such.rule/", "/rules/no.such.rule/change/"])
def test_an_unknown_rule_is_not_found(client, cast, path):
    client.force_login(cast.city)
    assert client.get(path).status_code == 404


def test_the_next_version_holds_from_its_day(client, cast, at):
    client.force_login(cast.city)
    assert post(client)["Location"] == f"/rules/{KEY}/"
    assert policy(KEY) == 15
    assert policy(KEY, at=tomorrow()) == 20
    page = client.get(f"/rules/{KEY}/").content.decode()
    assert "即将调整" in page
    assert "15 分钟" in page
    with at(clock.now() + timedelta(days=1)):
        assert policy(KEY) == 20
        assert rule_for(KEY).note == "试行后调整"


def test_it_is_audited_with_both_values(actors):
    change(actors)
    event = AuditEvent.objects.get(action="rule.change")
    assert (event.data["before"], event.data["after"], event.data["key"]) == (15, 20, KEY)
    assert event.note == "试行一个月后调整"


def test_today_is_too_early(actors):
    with pytest.raises(Invalid) as refusal:
        change(actors, effective_from=clock.today())
    assert "effective_from" in refusal.value.fields


def test_a_version_follows_the_last_one(actors):
    change(actors, effective_from=tomorrow() + timedelta(days=9))
    with pytest.raises(Conflict):
        change(actors, value=25)
    change(actors, value=25, effective_from=tomorrow() + timedelta(days=20))
    rows = PolicyRule.objects.filter(key=KEY).order_by("effective_from")
    assert [row.value for row in rows] == [15, 20, 25]
    assert [row.effective_to for row in rows][:2] == [row.effective_from for row in rows][1:]


@pytest.mark.parametrize("who", ["social", "leader", "staff", "sysadmin", "secadmin", "auditor", "dept"])
def test_nobody_else_changes_them(client, cast, actors, who):
    client.force_login(getattr(cast, who))
    assert client.get(f"/rules/{KEY}/change/").status_code == 403
    assert post(client).status_code == 403
    with pytest.raises(Forbidden):
        change(actors, by=getattr(actors, who))


@pytest.mark.parametrize(
    "value", ["", "十五", "15 minutes", "-1", "NaN", "Infinity", "15", "true", '"15"', "[15]", "[" * 5000]
)
def test_a_value_that_cannot_stand_there_is_refused_next_to_it(client, cast, value):
    client.force_login(cast.city)
    answer = post(client, value=value)
    assert answer.status_code == 422
    assert "value" in answer.context["form"].errors
    assert answer.context["form"]["reason"].value() == "试行后调整"  # nothing typed is lost


def test_a_second_click_adds_one_version(client, cast):
    client.force_login(cast.city)
    key = client.get(f"/rules/{KEY}/change/").context["form"]["form_key"].value()
    assert [post(client, form_key=key).status_code for _ in range(2)] == [302, 302]
    assert PolicyRule.objects.filter(key=KEY).count() == 2


def test_a_structure_keeps_its_shape(client, cast):
    client.force_login(cast.city)
    key = "clock.office_hours"
    assert post(client, key, value='[["09:00", "12:00"], ["13:00", "17:30"]]').status_code == 302
    assert policy(key, at=tomorrow())[1] == ["13:00", "17:30"]


@pytest.mark.parametrize(
    ("old", "new", "fits"),
    [
        (1, 2.5, True), (1, "2", False), (1, True, False), (True, False, True), (True, 1, False), (1, -1, False), (-1, -2, True),
        ("a", "b", True), ([1, 2], [3, 4, 5], True), ([1, 2], [], False), ([1, 2], ["3"], False), ([], [1], True),
        ([0.3, 0.7], [0.5, 0.5], True), ([0.3, 0.7], [0.5, 0.6], False), ([0.3, 0.7], [0.2, 0.3, 0.5], False),
        ({"a": 1}, {"a": 2}, True), ({"a": 1}, {"b": 1}, False), ({"a": 1}, {"a": "1"}, False), ({"a": 1}, [1], False),
    ],
)  # fmt: skip
def test_what_fits(old, new, fits):
    assert (misfit(old, new) == "") == fits


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (15, "minute", "15 分钟"), (3, "workday", "3 工作日"), (10, "封", "10 封"), (0.35, "", "0.35"),
        ([["08:30", "11:30"], ["13:00", "17:00"]], "", "08:30–11:30、13:00–17:00"),
        ([0.3, 0.7], "", "0.3、0.7"), ({"a": 1, "b": 2}, "", "a 1；b 2"), (True, "", "是"),
    ],
)  # fmt: skip
def test_how_a_value_reads(value, unit, words):
    assert value_cn(value, unit) == words


@pytest.mark.parametrize("value", [15, 0.5, "08:00", [["08:30", "11:30"]], {"a": [1, 2]}, True])
def test_what_is_typed_reads_back(value):
    assert read(typed(value), value) == value


def test_every_rule_reads_in_chinese_and_opens(client, cast):
    client.force_login(cast.staff)
    for key in PolicyRule.objects.values_list("key", flat=True):
        assert client.get(f"/rules/{key}/").status_code == 200
