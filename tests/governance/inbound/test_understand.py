"""A corpus of replies, and single lines, read as a person would read them."""

from datetime import date

import pytest

from governance.whistles.inbound.mime import letter_of
from governance.whistles.inbound.parse import understand
from governance.whistles.inbound.quotes import own_text

from .corpus import CASES
from .lines import LINES, SAFE

TODAY = date(2026, 11, 23)
FOREIGN = ("第一行写", "请贵单位作为主办部门", "写道", "原始邮件", "发件人", "portal.example")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_corpus(case):
    text = own_text(letter_of(case.raw).text)
    intent = understand(text, today=TODAY)
    assert intent.actions == case.actions, text
    assert not intent.missing
    assert case.keeps in text
    assert not any(part in text for part in FOREIGN), text


@pytest.mark.parametrize(
    ("line", "actions"),
    [
        ("签收", ("accept",)),
        ("签收。", ("accept",)),
        ("已签收", ("accept",)),
        ("我局已签收，谢谢", ("accept",)),
        ("收到并签收", ("accept",)),
        ("无异议，签收", ("accept",)),
        ("签收了吗？", ()),
        ("请签收", ()),
        ("签收单见附件", ()),
        ("未签收", ()),
        ("收到", ()),
        ("签收，但不属我局职责", ()),
        ("签收；异议：不归我们", ()),
        ("签收、已联系街道", ("accept", "contact")),
        ("签收并报到", ("accept", "arrive")),
        ("联系", ("contact",)),
        ("已联系", ("contact",)),
        ("联系人：张三", ()),
        ("联系电话 0411-80000000", ()),
        ("已联系不上", ()),
        ("已到场", ("arrive",)),
        ("线上报到", ("arrive",)),
        ("明天报到", ()),
        ("报到：明天上午9点", ()),
        ("报到时间：周五", ()),
        ("办结", ("report_done",)),
        ("报办结：已清理", ("report_done",)),
        ("未办结", ()),
        ("办结时限能否延长？", ()),
        ("延期至 2026-12-31：等待材料", ("ask_extension",)),
        ("能否延期？", ()),
        ("延期可以吗？", ()),
        ("会商：需住建局参加", ("consult",)),
        ("ACCEPT", ("accept",)),
        ("", ()),
        ("？？？", ()),
    ],
)
def test_first_line(line, actions):
    assert understand(line, today=TODAY).actions == actions


@pytest.mark.parametrize(("text", "actions"), LINES)
def test_line(text, actions):
    assert understand(own_text(text), today=TODAY).actions == actions


@pytest.mark.parametrize("text", SAFE)
def test_line_that_a_person_has_to_look_at(text):
    assert understand(own_text(text), today=TODAY).actions == ()


def test_objection_in_one_line():
    fields = understand("异议：不属我局职责，依据《城市道路管理条例》第五条，建议由交通运输局承办").fields
    assert fields == {"grounds": "不属我局职责", "clause": "《城市道路管理条例》第五条", "suggested_text": "交通运输局"}


def test_objection_without_its_parts():
    assert understand("异议：不属我局").missing == ("依据（条款）", "建议（由哪个部门承办）")


def test_elements_numbered_in_one_line():
    fields = understand("办结：1、受理时间：11月20日 2、沟通：王某 3、措施：已清理 4、时限：当日").fields
    assert fields["taken_up"] == "11月20日" and fields["talked_with"] == "王某"
    assert fields["measures"] == "已清理" and fields["settled_by"] == "当日"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("办结：已清理", "solved"),
        ("办结（部分解决）：清理一半", "partly"),
        ("办结：部分解决，其余移交", "partly"),
        ("办结：政策解释，已当面答复", "policy_explained"),
        ("办结：不予支持。依据：条例第九条", "not_supported"),
        ("办结：部分摊位已清理完毕", "solved"),
    ],
)
def test_outcome(text, outcome):
    assert understand(text).fields["outcome"] == outcome


def test_not_supported_needs_its_basis():
    assert understand("办结：不予支持。").missing == ("不予支持的依据",)


def test_date_without_a_year_is_the_next_one():
    assert understand("延期至1月15日：等待设备", today=TODAY).fields["until"] == date(2027, 1, 15)
    assert understand("延期至2月30日：等待设备", today=TODAY).missing


def test_person_and_way_of_reporting_in():
    fields = understand("报到（线上）：李四 13800001111").fields
    assert (fields["mode"], fields["person"]) == ("online", "李四")
