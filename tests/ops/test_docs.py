"""The documents: drawn pages are up to date, every link leads somewhere, every rule is listed, nothing private stands in them."""

import io
import random
import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from governance.kernel.permission import MATRIX
from governance.kernel.policy import _flatten
from governance.management.commands.write_docs import PAGES, rule_files, stale
from ops.screenshots import MOST_BYTES, optimise
from ops.services import ROOT

PAPERS = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
PRIVATE = re.compile(r"/roo[t]/|/wor[k]/|/hom[e]/\w|https?://(?!127\.0\.0\.1|portal\.example|DOMAIN|…)\S+")


def _targets(paper: Path) -> list[str]:
    return [target for target in LINK.findall(paper.read_text(encoding="utf-8")) if "://" not in target]


def test_drawn_pages_are_up_to_date():
    assert stale() == [], "run manage.py write_docs"


def test_a_changed_page_is_noticed(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    assert sorted(stale()) == sorted(PAGES)


def test_the_command_writes_what_it_checks(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match=r"docs/policy\.md"):
        call_command("write_docs", check=True)
    call_command("write_docs", stdout=io.StringIO())
    call_command("write_docs", check=True)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(paper):
    assert [target for target in _targets(paper) if not (paper.parent / target).exists()] == []


def test_links_are_found():
    assert sum(len(_targets(paper)) for paper in PAPERS) > 150


def test_every_rule_is_listed():
    text = (ROOT / "docs" / "policy.md").read_text(encoding="utf-8")
    keys = [key for path in rule_files() for key, _ in _flatten(tomllib.loads(path.read_text(encoding="utf-8")))]
    assert len(keys) > 50
    assert [key for key in keys if f"| `{key}` |" not in text] == []


def test_every_permission_is_listed():
    text = (ROOT / "docs" / "workflows.md").read_text(encoding="utf-8")
    assert [key for key in MATRIX if f"| `{key}` |" not in text] == []


def test_the_twins_show_the_same_pictures_and_papers():
    english, chinese = (ROOT / name for name in ("README.md", "README.zh-CN.md"))
    own = {"README.md", "README.zh-CN.md"}
    assert set(_targets(english)) - own == set(_targets(chinese)) - own


def test_pictures_are_small():
    pictures = list((ROOT / "docs" / "screenshots").glob("*.png"))
    assert len(pictures) >= 10
    assert {path.name: path.stat().st_size for path in pictures if path.stat().st_size >= 250_000} == {}


def test_a_loud_picture_loses_colours_until_it_is_small():
    noise = Image.frombytes("RGB", (600, 400), random.Random(1).randbytes(600 * 400 * 3))
    raw = io.BytesIO()
    noise.save(raw, "PNG")
    small = optimise(raw.getvalue())
    with Image.open(io.BytesIO(small)) as image:
        assert (image.size, image.mode) == ((600, 400), "P")
    assert len(small) < MOST_BYTES < raw.tell()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_of_this_machine_or_of_strangers_hosts(paper):
    assert PRIVATE.findall(paper.read_text(encoding="utf-8")) == []


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
