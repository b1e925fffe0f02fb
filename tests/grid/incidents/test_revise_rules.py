"""Rules: tried before they hold, revised by their office, ended; never a way back to those who returned it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Invalid
from governance.kernel.files import StoredFile
from grid.incidents import demo, services
from grid.incidents.models import Incident, RoutingRule
from grid.incidents.routing import explain
from tests_support.photos import jpeg

pytestmark = pytest.mark.django_db
SAFETY = {
    "title": "安全隐患到社区",
    "order": 130,
    "klass": "G3",
    "level": "community",
    "limit": "normal",
    "reason": "试一试",
}


def test_a_change_is_tried_on_what_was_routed_before_it_holds(client, cast, report, actors):
    lift = services.incident_accept(incident=report("楼道电梯困人"), by=actors.community)
    services.incident_accept(incident=report("花园里全是生活垃圾"), by=actors.community)
    client.force_login(cast.city)
    page = reverse("routing-rule-revise", args=["safety"])
    tried = client.post(page, {**SAFETY, "do": "preview"}).text
    assert "最近立案的 2 件里有 1 件会派往别处" in tried and "街道 → 社区" in tried and lift.headline in tried
    assert RoutingRule.objects.filter(key="safety").count() == 1 and explain(lift).level == "street"
    same = client.post(page, {**SAFETY, "level": "street", "do": "preview"}).text
    assert "没有变化" in same
    before = client.post(reverse("routing-rule-new"), {**SAFETY, "order": 5, "do": "preview"}).text
    assert "1 件会派往别处" in before
    client.post(page, SAFETY)
    assert RoutingRule.objects.filter(key="safety").count() == 2 and explain(lift).level == "community"


def test_a_districts_office_tries_and_names_only_its_own(client, cast, actors, report, departments):
    services.incident_accept(incident=report("楼道电梯困人"), by=actors.community)
    client.force_login(cast.foreign_social)
    foreign = client.post(reverse("routing-rule-new"), {**SAFETY, "order": 5, "do": "preview"})
    assert "电梯" not in foreign.text
    form = client.get(reverse("routing-rule-new")).context["form"]
    assert departments[0] not in form.fields["department"].queryset


def test_a_rule_is_ended_and_the_next_one_holds(client, cast, report, actors):
    row = services.incident_accept(incident=report("楼道电梯困人"), by=actors.community)
    client.force_login(cast.social)  # a district does not end the city's rule
    assert client.post(reverse("routing-rule-end", args=["safety"])).status_code == 403
    client.force_login(cast.city)
    assert client.post(reverse("routing-rule-end", args=["safety"])).status_code == 302
    assert explain(row).rule.key == "rest" and AuditEvent.objects.filter(action="routing.end").exists()
    assert "停用</button>" not in client.get(reverse("routing-rule", args=["safety"])).text


def test_what_was_returned_is_not_sent_there_again(report, actors):
    row = services.incident_accept(incident=report("暖气不热"), by=actors.community)
    row = services.incident_send_back(incident=row, by=demo._department(row), note="产权不在我局")
    assert row.due_at > clock.now()  # whoever has to say where has a limit too
    with pytest.raises(Invalid):
        services.incident_dispatch(incident=row, by=actors.community)
    row = services.incident_reroute(incident=row, by=actors.staff, level="street", note="街道牵头")
    assert (row.level, row.reroute_count, row.return_count) == ("street", 0, 1)


def test_the_page_tells_what_each_rule_asks_for(client, cast, report, actors):
    row = services.incident_accept(incident=report("楼道电梯困人"), by=actors.community)
    client.force_login(cast.staff)
    text = client.get(row.get_absolute_url()).text
    assert "限另一个小类（消防通道堵塞）" in text and "限另一个大类（突发事件）" in text
    assert "3 个工作日" in client.get(reverse("routing-rule", args=["safety"])).text


def test_handle_on_the_page_with_a_photo_and_leave_a_word(client, cast, report, actors):
    row = services.incident_accept(incident=report("楼道电梯困人"), by=actors.community)
    client.force_login(cast.staff)
    assert reverse("incident-handle", args=[row.pk]) in client.get(row.get_absolute_url()).text
    client.post(reverse("incident-comment", args=[row.pk]), {"words": "维保单位已在路上"})
    photo = SimpleUploadedFile("后.jpg", jpeg(), "image/jpeg")
    sent = {"note": "已修好", "version": row.version, "files": [photo]}
    assert client.post(reverse("incident-handle", args=[row.pk]), sent).status_code == 302
    row = Incident.objects.get(pk=row.pk)
    assert row.status == "verifying" and StoredFile.objects.filter(thread=row.thread).count() == 1
    assert "维保单位已在路上" in client.get(row.get_absolute_url()).text
    client.force_login(cast.auditor)
    assert client.post(reverse("incident-comment", args=[row.pk]), {"words": "我"}).status_code == 403
