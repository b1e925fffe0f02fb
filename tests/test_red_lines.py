"""What the portal must not become: the lint runs over the portal, and each of its rules is shown to bite."""

import pytest
from django import forms
from django.core.management import call_command

from governance import redlines
from governance.redlines import Breach, audit, breaches_in, form_breaches, name_breaches, word_breaches

pytestmark = pytest.mark.django_db


def test_the_portal_keeps_its_red_lines():
    assert [str(breach) for breach in audit()] == []


def test_the_command_says_so(capsys):
    call_command("jianfu_audit")
    assert "红线自检通过" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("每日打卡", "B05 打卡签到"),
        ("会议签到", "B05 打卡签到"),
        ("本月积分", "B05 积分"),
        ("社区满意度排名", "B05 排行"),
        ("网格员排行", "B05 排行"),
        ("街道排行榜", "B05 排行"),
        ("今日在线时长", "B05 在线时长"),
        ("登录次数", "B05 登录考核"),
        ("点赞数", "B05 点赞"),
        ("巡查轨迹", "B06 轨迹"),
        ("一键催办社区", "B08 催办社区"),
    ],
)
def test_each_word_bites(words, rule):
    assert next(breach.rule for breach in breaches_in(words, "here")) == rule


@pytest.mark.parametrize(
    "words",
    ["不设打卡，也没有积分", "部门三率排名", "部门签收", "不按社区、街道排名", "不统计登录和在线时长", "村规民约"],
)
def test_what_is_allowed_does_not(words):
    assert breaches_in(words, "here") == []


def test_denying_one_thing_does_not_excuse_the_next():
    assert [breach.rule for breach in breaches_in("不设打卡，按月公布社区排名", "here")] == ["B05 排行"]


def _tree(tmp_path, name: str, text: str):
    for app in (*redlines.APPS, "templates"):
        (tmp_path / app).mkdir()
    (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_word_on_a_template_is_found(tmp_path):
    root = _tree(tmp_path, "templates/desk.html", '<p class="打卡">社区<b>排行榜</b></p>{% comment "积分" %}')
    assert word_breaches(root) == [Breach("B05 排行", "templates/desk.html", "排行榜")]


def test_a_label_in_code_is_found_and_a_docstring_is_not(tmp_path):
    root = _tree(tmp_path, "grid/a.py", '"""No 打卡 here."""\nLABEL = "积分"\n')
    assert word_breaches(root) == [Breach("B05 积分", "grid/a.py:2", "积分")]


def test_a_column_that_counts_log_ins_is_found(tmp_path):
    assert [row.what for row in name_breaches(_tree(tmp_path, "grid/a.py", "login_count = 3\n"))] == ["login_count"]


def test_a_photo_that_a_community_must_add_is_found():
    class Photo(forms.Form):
        photo = forms.FileField()

    class Optional(forms.Form):
        photo = forms.FileField(required=False)

    assert [row.rule for row in form_breaches({Photo, Optional})] == ["B06 必填附件"]


def test_a_form_that_is_too_long_is_found():
    fields = {f"field_{number}": forms.CharField() for number in range(16)}
    assert [row.rule for row in form_breaches({type("Long", (forms.Form,), fields)})] == ["B02 填写项过多"]
