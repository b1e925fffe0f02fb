"""The category tree of domain-rules 5.3: six classes of events, five of parts, five of grassroots work; each word list leads to one."""

import pytest

from governance.territory.models import Category
from grid.incidents.suggest import _lists

pytestmark = pytest.mark.django_db
EVENTS = ["市容环境", "宣传广告", "施工管理", "突发事件", "街面秩序", "其他事件"]
PARTS = ["公用设施", "交通设施", "市容环境设施", "园林绿化", "其他部件"]
GRASSROOTS = ["矛盾纠纷", "民生诉求", "安全隐患", "重点人群服务", "政策代办"]


def test_the_tree_is_whole():
    tops = {row.code: row.name for row in Category.objects.filter(parent=None, is_active=True)}
    assert [tops[f"0{number}"] for number in range(1, 7)] == EVENTS
    assert [tops[f"P{number}"] for number in range(1, 6)] == PARTS
    assert [tops[f"G{number}"] for number in range(1, 6)] == GRASSROOTS
    small = Category.objects.exclude(parent=None).filter(is_active=True)
    assert {row.parent.code for row in small.select_related("parent")} == set(tops)
    assert all(row.code.startswith(row.parent.code) for row in small.select_related("parent"))


def test_every_small_category_can_be_suggested():
    small = set(Category.objects.exclude(parent=None).filter(is_active=True).values_list("code", flat=True))
    assert set(_lists()) <= small
    assert small - set(_lists()) == {"0603"}  # 其他: nothing speaks for it
