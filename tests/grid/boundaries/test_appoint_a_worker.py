"""Who serves a grid: appointed, ended, one full-time worker at a time; who may do it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.kernel.audit import AuditEvent
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.territory.models import Grid
from grid.boundaries import services
from grid.boundaries.models import GridPost

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts(grid):
    """``facts("worker", …)``: somebody for the home grid from today."""
    today = clock.today()
    return lambda role="worker", **more: services.PostFacts(
        **{"grid": grid, "role": role, "name": "王敏", "phone": "0411-82000000", "valid_from": today} | more
    )


def test_a_worker_follows_another_on_the_same_day(actors, facts, grid):
    first = services.post_appoint(by=actors.staff, facts=facts())
    with pytest.raises(Invalid) as refusal:
        services.post_appoint(by=actors.staff, facts=facts(name="李静"))
    assert "一格只配一名专职" in refusal.value.fields["role"]
    services.post_end(by=actors.leader, post=first, on=clock.today(), note="调岗")
    second = services.post_appoint(by=actors.social, facts=facts(name="李静"))
    assert list(GridPost.objects.in_force().full_time().filter(grid=grid)) == [second]
    trail = AuditEvent.objects.filter(thread=f"grid:{grid.pk}").order_by("id").values_list("action", flat=True)
    assert list(trail) == ["grid_post.appoint", "grid_post.end", "grid_post.appoint"]
    services.post_appoint(by=actors.community, facts=facts("building_head", name="赵刚"))
    services.post_appoint(by=actors.staff, facts=facts("property", name="物业"))


@pytest.mark.parametrize(
    ("who", "role", "allowed"),
    [("staff", "worker", True), ("social", "worker", True), ("community", "worker", False), ("community", "volunteer", True),
     ("social", "volunteer", False), ("sibling_staff", "worker", False), ("foreign_social", "worker", False),
     ("sibling_community", "volunteer", False), ("grid_worker", "volunteer", False), ("dept", "worker", False)],
)  # fmt: skip
def test_who_may(actors, facts, who, role, allowed):
    if allowed:
        assert services.post_appoint(by=getattr(actors, who), facts=facts(role)).pk
    else:
        with pytest.raises(Forbidden):
            services.post_appoint(by=getattr(actors, who), facts=facts(role))


@pytest.mark.parametrize(
    ("more", "field"),
    [({"name": "  "}, "name"), ({"phone": "call me"}, "phone"), ({"phone": ""}, "phone"), ({"role": "boss"}, "role"),
     ({"valid_to": clock.today()}, "valid_to")],
)  # fmt: skip
def test_what_is_refused(actors, facts, more, field):
    with pytest.raises(Invalid) as refusal:
        services.post_appoint(by=SYSTEM, facts=facts(**more))
    assert field in refusal.value.fields


def test_an_account_needs_the_role_in_this_community(actors, cast, facts):
    with pytest.raises(Invalid) as refusal:
        services.post_appoint(by=actors.staff, facts=facts(user=cast.building_head))
    assert "任职" in refusal.value.fields["user"]
    assert services.post_appoint(by=actors.staff, facts=facts(user=cast.grid_worker)).user == cast.grid_worker


def test_ending(actors, facts):
    today, later = clock.today(), clock.today() + timedelta(days=30)
    post = services.post_appoint(by=actors.staff, facts=facts(valid_to=later))
    with pytest.raises(Invalid):
        services.post_end(by=actors.staff, post=post, on=today - timedelta(days=1))
    with pytest.raises(Invalid):
        services.post_end(by=actors.staff, post=post, on=later + timedelta(days=1))
    with pytest.raises(Forbidden):
        services.post_end(by=actors.sibling_staff, post=post, on=today)
    assert services.post_end(by=actors.staff, post=post, on=today).valid_to == today
    with pytest.raises(Conflict):
        services.post_end(by=actors.staff, post=post, on=today)


def test_the_database_refuses_what_goes_round_the_services(grid, facts, street):
    services.post_appoint(by=SYSTEM, facts=facts())
    other = Grid.objects.filter(street=street).exclude(community=grid.community).first()
    wrong = facts("worker", valid_from=clock.today() + timedelta(days=5)).row(is_synthetic=False)
    elsewhere = facts("volunteer").row(is_synthetic=False)
    elsewhere.community = other.community
    misfit = facts("worker").row(is_synthetic=False)
    misfit.kind = "part_time"
    for row in (wrong, elsewhere, misfit):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    for change in (lambda: GridPost.objects.update(name="换人"), lambda: GridPost.objects.all().delete()):
        with pytest.raises(Exception, match=r"Cannot|cannot|read"), transaction.atomic():
            change()


def test_on_the_page(client, cast, grid):
    client.force_login(cast.staff)
    address = reverse("grid-appoint", args=[grid.code15])
    assert client.get(address).status_code == 200
    typed = {
        "role": "worker",
        "user": cast.grid_worker.pk,
        "name": "王敏",
        "phone": "0411-82000000",
        "valid_from": clock.today(),
    }
    assert client.post(address, typed | {"phone": "x"}).status_code == 422
    assert client.post(address, typed).status_code == 302
    again = client.post(address, typed)
    assert again.status_code == 422
    assert "一格只配一名专职" in again.content.decode()
    post = GridPost.objects.get()
    page = client.get(reverse("grid", args=[grid.code15])).content.decode()
    assert reverse("grid-post-end", args=[post.pk]) in page
    assert client.post(reverse("grid-post-end", args=[post.pk]), {"on": clock.today()}).status_code == 302
    assert not GridPost.objects.in_force().exists()


def test_a_street_publishes_its_telephone(client, cast, street):
    client.force_login(cast.staff)
    address = reverse("grid-supervision", args=[street.code12])
    assert client.post(address, {"phone": "0411-82****02"}).status_code == 302
    assert "0411-82****02" in client.get(address).content.decode()
    client.force_login(cast.sibling_staff)
    assert client.post(address, {"phone": "1234567"}).status_code == 403
    with pytest.raises(Invalid):
        services.supervision_set(by=SYSTEM, street=street.children.first(), phone="12345")
