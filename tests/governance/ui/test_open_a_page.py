"""The generic pages against a real list, with real people and a real database."""

import re

import pytest
from django.test import override_settings
from django.urls import path

from governance import urls as sitemap
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.kernel.ui.forms import PortalForm, forms, new_form_key
from governance.kernel.ui.views import Column, FormPage, ListPage
from governance.territory.models import Department

pytestmark = pytest.mark.django_db
RAN = []


class Departments(ListPage):
    """A list in a few lines."""

    title, model, page_size = "部门", Department, 10
    columns = [Column("name", "名称", primary=True, sort="name"), Column("code", "代码")]
    order = "id"


class NoteForm(PortalForm):
    """One line and a long text."""

    title = forms.CharField(label="标题", max_length=20)


class Note(FormPage):
    """A form whose service refuses on demand."""

    title, form_class, success_message = "记一笔", NoteForm, "已记下。"

    def run(self, form):
        """Refuse by title, else remember."""
        refusals = {"invalid": Invalid(title="不行"), "busy": Conflict("有人先办了"), "mine": Forbidden("不是您的")}
        if (title := form.facts()["title"]) in refusals:
            raise refusals[title]
        RAN.append(title)

    def success_url(self, result):
        """Back to the list."""
        return f"/ui-departments/?done={len(RAN)}"

    def cancel_url(self):
        """No object here."""
        return "/"


urlpatterns = [*sitemap.urlpatterns, path("ui-departments/", Departments.as_view()), path("ui-note/", Note.as_view())]


@pytest.fixture(autouse=True)
def own_sitemap():
    """These pages exist only here."""
    RAN.clear()
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def page(client, cast):
    """Somebody who may read the territory."""
    client.force_login(cast.staff)
    return client


def test_a_stranger_is_sent_to_sign_in(client):
    with override_settings(LOGIN_URL="/sign-in/"):
        assert client.get("/ui-departments/").status_code == 302


def test_the_next_page_goes_on_where_this_one_ends(page):
    first = page.get("/ui-departments/").content.decode()
    cursor = re.search(r'rel="next" href="\?cursor=([^"]+)"', first)[1]
    second = page.get("/ui-departments/", {"cursor": cursor}).content.decode()
    names = [set(re.findall(r'data-label="代码">([^<]+)<', text)) for text in (first, second)]
    assert len(names[0]) == len(names[1]) == 10 and not names[0] & names[1]


def test_a_list_costs_the_same_at_any_length(page, django_assert_max_num_queries):
    page.get("/ui-departments/")
    with django_assert_max_num_queries(10):
        page.get("/ui-departments/")


@pytest.mark.parametrize("query", ["cursor=nonsense", "sort=password", "sort=-name", "export=exe"])
def test_odd_parameters_still_give_a_page(page, query):
    assert page.get(f"/ui-departments/?{query}").status_code == 200


def test_the_list_is_exported(page):
    answer = page.get("/ui-departments/?export=csv&sort=-name")
    text = b"".join(answer.streaming_content).decode()
    assert "标题,部门" in text and text.count("\r\n") > Department.objects.count()


def test_a_second_click_has_no_second_effect(page):
    sent = {"title": "一件事", "form_key": new_form_key()}
    first, second = page.post("/ui-note/", sent), page.post("/ui-note/", sent)
    assert RAN == ["一件事"] and first.url == second.url == "/ui-departments/?done=1"


def test_the_same_key_with_another_text_is_a_conflict(page):
    key = new_form_key()
    page.post("/ui-note/", {"title": "一", "form_key": key})
    answer = page.post("/ui-note/", {"title": "二", "form_key": key})
    assert answer.status_code == 409 and 'value="二"' in answer.content.decode() and RAN == ["一"]


@pytest.mark.parametrize(("title", "status"), [("", 422), ("invalid", 422), ("busy", 409), ("mine", 403)])
def test_refusals_have_their_status(page, title, status):
    assert page.post("/ui-note/", {"title": title, "form_key": new_form_key()}).status_code == status


def test_a_refused_form_may_be_sent_again_with_its_key(page):
    key = new_form_key()
    page.post("/ui-note/", {"title": "invalid", "form_key": key})
    assert page.post("/ui-note/", {"title": "对了", "form_key": key}).status_code == 302 and RAN == ["对了"]


def test_large_type_is_remembered(page):
    assert '<html lang="zh-CN" class="elder"' in page.get("/ui-departments/?mode=elder").content.decode()
    assert 'class="elder"' in page.get("/ui-departments/").content.decode()
    page.get("/ui-departments/?mode=normal")
    assert 'class="elder"' not in page.get("/ui-departments/").content.decode()


def test_a_missing_page_says_so(page):
    answer = page.get("/nowhere/")
    assert answer.status_code == 404 and "没有找到" in answer.content.decode()
