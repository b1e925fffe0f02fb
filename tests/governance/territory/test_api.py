"""The territory over the API."""

import pytest
from rest_framework.routers import DefaultRouter
from rest_framework.test import APIRequestFactory, force_authenticate

from governance.accounts.selectors import actor_of
from governance.kernel.actor import NOBODY
from governance.territory import api
from governance.territory.models import Category, Department, Division, Grid, ManagementUnit

from . import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("territory")]
VIEWS = {
    "units": (api.UnitViewSet, "210204"),
    "divisions": (api.DivisionViewSet, "210204010001"),
    "departments": (api.DepartmentViewSet, "210204-CGJ"),
    "categories": (api.CategoryViewSet, "0101"),
    "grids": (api.GridViewSet, "210204010001001"),
}


def ask(name, user=None, *, code="", **query):
    viewset, _code = VIEWS[name]
    request = APIRequestFactory().get(f"/api/v1/{name}/", query)
    request.actor = actor_of(user) if user else NOBODY
    if user:
        force_authenticate(request, user)
    if code:
        return viewset.as_view({"get": "retrieve"})(request, **{viewset.lookup_field: code})
    return viewset.as_view({"get": "list"})(request)


@pytest.fixture
def user(territory):
    return cast.street_leader()


@pytest.mark.parametrize("name", VIEWS)
def test_strangers_get_nothing(name):
    assert ask(name).status_code in (401, 403)


@pytest.mark.parametrize("name", VIEWS)
def test_lists_page_by_key_with_constant_statements(name, user, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        answer = ask(name, user, page_size=5)
    assert answer.status_code == 200 and len(answer.data["results"]) == 5
    cursor = answer.data["next"].split("cursor=")[1].split("&")[0]
    later = ask(name, user, page_size=5, cursor=cursor)
    codes = [row[VIEWS[name][0].lookup_field] for row in (*answer.data["results"], *later.data["results"])]
    assert codes == sorted(set(codes))


@pytest.mark.parametrize("name", VIEWS)
def test_one_row_by_code(name, user):
    viewset, code = VIEWS[name]
    answer = ask(name, user, code=code)
    assert answer.status_code == 200 and answer.data[viewset.lookup_field] == code
    assert ask(name, user, code="nothing").status_code == 404


@pytest.mark.parametrize("name", VIEWS)
def test_nothing_can_be_written(name, user):
    assert {"create", "update", "partial_update", "destroy"}.isdisjoint(dir(VIEWS[name][0]))


@pytest.mark.parametrize(
    ("name", "query", "model", "expected"),
    [
        ("divisions", {"level": "town", "unit": "2102GX"}, Division, 3),
        ("divisions", {"parent": "210204000000"}, Division, 7),
        ("divisions", {"town_type": "township", "unit": "210281"}, Division, 8),
        ("divisions", {"q": "黑石礁街道"}, Division, 1),
        ("divisions", {"valid_on": "2020-01-01"}, Division, 0),
        ("departments", {"street": "210204010000"}, Department, 6),
        ("departments", {"kind": "police", "level": "unit"}, Department, 12),
        ("departments", {"is_active": "false"}, Department, 0),
        ("categories", {"parent": "01"}, Category, 8),
        ("grids", {"community": "210204010001", "kind": "special"}, Grid, 0),
        ("units", {}, ManagementUnit, 12),
    ],
)
def test_filters(name, query, model, expected, user):
    answer = ask(name, user, page_size=100, **query)
    assert len(answer.data["results"]) == expected


def test_a_wrong_filter_is_400(user):
    assert ask("divisions", user, unit="nowhere").status_code == 400
    assert ask("divisions", user, cursor="zzz").status_code == 400


def test_it_hangs_itself_into_a_router():
    router = DefaultRouter()
    api.register(router)
    own = set(VIEWS) - {"grids"}  # grids come with their shapes, from grid/boundaries
    assert {prefix for prefix, _viewset, _name in router.registry} == own
