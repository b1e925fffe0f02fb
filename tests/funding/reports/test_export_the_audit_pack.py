"""The audit pack: everything about a scope with its hashes; whoever changes a byte is found; only auditors' roles export."""

import io
import json
import zipfile
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from python_calamine import CalamineWorkbook

from funding.reports.pack.manifest import NAME, check
from funding.reports.pack.write import pack_write
from funding.reports.scope import Scope
from governance.kernel.audit import AuditEvent, audit_seal
from governance.kernel.errors import Invalid
from governance.kernel.files import StoredFile
from governance.kernel.policy import policy_change
from tests.funding.disclosure.conftest import YEAR

pytestmark = pytest.mark.django_db


def cells(raw: bytes) -> list:
    """Every cell of a workbook's first sheet."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
    return [cell for row in sheet.to_python() for cell in row]


@pytest.fixture
def spent(money, actors, settings, tmp_path):
    """Two payments and one stored voucher on a case that the pack covers."""
    from django.core.files.base import ContentFile

    settings.MEDIA_ROOT = str(tmp_path / "files")
    money.give()
    money.pay(1_234_56, date(YEAR, 7, 1))
    money.pay(20_00, date(YEAR, 9, 30))
    money.rows = money.opened()
    money.file = StoredFile(
        thread=money.rows[0].thread, subject_type="disclosure", subject_id=1, name="发票 ../1.pdf", mime="application/pdf", size=9,
        sha256="0" * 64, uploaded_by="社区",
    )  # fmt: skip
    money.file.content.save("a.pdf", ContentFile(b"%PDF-1.4 "), save=True)
    money.scope = Scope(YEAR, money.place.unit, money.place.street, money.place)
    audit_seal()
    return money


@pytest.fixture
def pack(spent, actors) -> bytes:
    return pack_write(scope=spent.scope, by=actors.auditor, subject=spent.place).read()


def test_the_pack_is_whole(pack, spent):
    verdict = check(io.BytesIO(pack))
    assert verdict.problems == ()
    names = zipfile.ZipFile(io.BytesIO(pack)).namelist()
    assert names[-1] == NAME
    assert names[:3] == ["账簿/01-账户.xlsx", "账簿/02-凭证.xlsx", "账簿/03-分录.xlsx"]
    assert [name for name in names if name.startswith("凭证附件/")] == [
        f"凭证附件/disclosure-{spent.rows[0].pk}/{spent.file.pk}-1.pdf"
    ]
    assert verdict.manifest["chain_head"]["sequence"] > 0


def test_the_same_order_every_time(spent, actors):
    first, second = (pack_write(scope=spent.scope, by=actors.auditor, subject=spent.place) for _ in "12")
    assert zipfile.ZipFile(first).namelist() == zipfile.ZipFile(second).namelist()


def test_the_books_are_in_it(pack):
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        amounts = cells(opened.read("账簿/03-分录.xlsx"))
    assert 1234.56 in amounts
    assert -1234.56 in amounts


def test_nobody_elses_money_is_in_it(spent, actors):
    spent.give(777_77, date(YEAR, 2, 2), to=spent.other)
    opened = zipfile.ZipFile(pack_write(scope=spent.scope, by=actors.auditor, subject=spent.place))
    assert not {777.77, -777.77} & {cell for cell in cells(opened.read("账簿/03-分录.xlsx")) if isinstance(cell, float)}


def _changed(pack: bytes, change) -> bytes:
    """The pack with other content; ``change`` gets and returns {name: content}."""
    with zipfile.ZipFile(io.BytesIO(pack)) as old:
        content = change({name: old.read(name) for name in old.namelist()})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name, raw in content.items():
            new.writestr(name, raw)
    return out.getvalue()


def _flip(files: dict) -> dict:
    name = "账簿/02-凭证.xlsx"
    raw = bytearray(files[name])
    raw[len(raw) // 2] ^= 1
    return files | {name: bytes(raw)}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_flip, "内容被改动"),
        (lambda files: files | {"账簿/02-凭证.xlsx": files["账簿/02-凭证.xlsx"] + b"x"}, "大小不符"),
        (lambda files: {name: raw for name, raw in files.items() if "03" not in name}, "缺少文件"),
        (lambda files: files | {"账簿/99.xlsx": b""}, "清单外的文件"),
    ],
)
def test_any_change_is_found(pack, tmp_path, change, problem):
    file = tmp_path / "pack.zip"
    file.write_bytes(_changed(pack, change))
    with pytest.raises(CommandError, match=problem):
        call_command("audit_pack_verify", str(file), "--offline")


def _other_head(files: dict) -> dict:
    manifest = json.loads(files[NAME])
    manifest["chain_head"]["hash"] = "0" * 64
    return files | {NAME: json.dumps(manifest).encode()}


def test_another_chain_is_found(pack, tmp_path, capsys):
    file = tmp_path / "pack.zip"
    file.write_bytes(_changed(pack, _other_head))
    with pytest.raises(CommandError, match="审计链"):
        call_command("audit_pack_verify", str(file))
    file.write_bytes(pack)
    call_command("audit_pack_verify", str(file))
    assert "个文件与清单一致" in capsys.readouterr().out


@pytest.mark.parametrize("raw", [b"", b"PK", b"no zip at all"])
def test_not_a_pack(tmp_path, raw):
    file = tmp_path / "x.zip"
    file.write_bytes(raw)
    with pytest.raises(CommandError, match="不是审计底稿"):
        call_command("audit_pack_verify", str(file))


def test_a_lost_voucher_is_said_in_the_pack(spent, actors):
    spent.file.content.storage.delete(spent.file.content.name)
    names = zipfile.ZipFile(pack_write(scope=spent.scope, by=actors.auditor, subject=spent.place)).namelist()
    assert any(name.endswith("缺失.txt") for name in names)


@pytest.mark.parametrize(
    ("rule", "value", "words"), [("pack.max_entries", 3, "分录有"), ("pack.max_megabytes", 0, None)]
)
def test_too_large(spent, actors, rule, value, words):
    policy_change(key=rule, value=value, effective_from=date(2025, 1, 1))
    if rule == "pack.max_megabytes":
        StoredFile.objects.filter(pk=spent.file.pk).update(size=1)
        words = "凭证附件"
    with pytest.raises(Invalid, match=words):
        pack_write(scope=spent.scope, by=actors.auditor, subject=spent.place)


def test_nothing_to_export(spent, actors):
    with pytest.raises(Invalid, match="没有账"):
        pack_write(scope=Scope(2001, community=spent.place), by=actors.auditor, subject=spent.place)


@pytest.mark.parametrize(
    ("who", "status"),
    [("auditor", 200), ("city", 200), ("finance", 200), ("leader", 200), ("community", 403), ("social", 403), ("outsider", 403),
     ("dept", 403), ("sibling_leader", 404), ("foreign_staff", 404)],
)  # fmt: skip
def test_who_exports(client, cast, spent, who, status):
    client.force_login(getattr(cast, who))
    before = AuditEvent.objects.filter(action="audit_pack.make").count()
    answer = client.post(reverse("audit-pack"), {"year": YEAR, "community": spent.place.code12})
    assert answer.status_code == status
    if status == 200:
        assert check(io.BytesIO(b"".join(answer.streaming_content))).problems == ()
        event = AuditEvent.objects.filter(action="audit_pack.make").latest("id")
        assert (event.subject_type, event.subject_id) == ("division", spent.place.pk)
    assert AuditEvent.objects.filter(action="audit_pack.make").count() == before + (status == 200)


@pytest.mark.parametrize(
    ("who", "what", "status"),
    [("finance", "unit", 200), ("leader", "unit", 404), ("leader", "project", 200), ("sibling_leader", "project", 404),
     ("auditor", "project", 200), ("auditor", "nothing", 404)],
)  # fmt: skip
def test_by_unit_and_by_project(client, cast, spent, who, what, status):
    client.force_login(getattr(cast, who))
    data = {"unit": {"unit": spent.place.unit.code}, "project": {"project": "P1"}, "nothing": {"project": "P404"}}[what]
    assert client.post(reverse("audit-pack"), {"year": YEAR, **data}).status_code == status


def test_bad_input_stays_with_its_reason(client, cast, spent):
    client.force_login(cast.auditor)
    answer = client.post(reverse("audit-pack"), {"year": YEAR, "community": "abc"})
    assert answer.status_code == 422
    assert "12 位数字代码" in answer.content.decode()


@pytest.mark.parametrize(("who", "place"), [("leader", "street"), ("finance", "unit"), ("auditor", "community")])
def test_one_click_on_the_report_exports_what_it_shows(client, cast, spent, who, place):
    """The button's own fields, sent as a browser would."""
    import re

    client.force_login(getattr(cast, who))
    code = {"unit": spent.place.unit.code, "street": spent.place.street.code12, "community": spent.place.code12}[place]
    page = client.get(reverse("funding-report"), {"year": YEAR, place: code}).content.decode()
    form = page.split(f'action="{reverse("audit-pack")}"')[1].split("</form>")[0]
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert sent[place] == code
    answer = client.post(reverse("audit-pack"), sent)
    verdict = check(io.BytesIO(b"".join(answer.streaming_content)))
    assert verdict.problems == ()
    assert (
        str({"unit": spent.place.unit, "street": spent.place.street, "community": spent.place}[place])
        in verdict.manifest["scope"]
    )
