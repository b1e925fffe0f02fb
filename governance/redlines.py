"""The red lines for the portal itself (国办函〔2026〕12号, 若干规定; domain-rules 13.3): what it must not become.

Reads the portal's own sources and forms: words of check-ins, points, rankings of people and places, time-online and log-in
counts; photos that a community must add; forms longer than the rule allows. Run by the test suite and by ``jianfu_audit``.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from inspect import getmodule
from pathlib import Path

from django import forms
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from governance.accounts.roles import COMMUNITY_ROLES
from governance.kernel.permission import MATRIX
from governance.kernel.policy import policy

APPS = ("governance", "communities", "grid", "funding")
WORDS = {
    "B05 打卡签到": r"打卡|签到|接龙",
    "B05 积分": r"积分",
    "B05 排行": r"排行榜|龙虎榜|(?:人员|个人|街道|乡镇|社区|村|网格员|社工)[^，。；、\s]{0,4}(?:排名|排行)",
    "B05 在线时长": r"在线时长|使用时长|停留时长",
    "B05 登录考核": r"登录次数|登录率|活跃度|安装率|使用率",
    "B05 点赞": r"点赞|转发量|学习时长",
    "B06 轨迹": r"轨迹",
    "B08 催办社区": r"催办(?:社区|村|街道)|(?:社区|村)逾期",
}
NAMES = re.compile(
    r"\b\w*(?:check_?in_at|punch|leaderboard|user_?points|credits|online_(?:time|minutes)|time_online|login_?count|likes?_count)\w*\b"
)
DENIED = re.compile(r"[不禁无非勿]|没有|免")
CLAUSE = re.compile(r"[^，。；！？\n]*$")
SELF = Path(__file__).name


@dataclass(frozen=True)
class Breach:
    """One place where a red line is crossed: ``rule`` is its number in domain-rules 13.3."""

    rule: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}  {self.where}  {self.what}"


def breaches_in(text: str, where: str) -> list[Breach]:
    """The forbidden words of a text; a clause that denies (“不设打卡”) says the opposite and is no breach."""
    found = []
    for rule, pattern in WORDS.items():
        for match in re.finditer(pattern, text):
            before = CLAUSE.search(text[: match.start()]).group()
            if not DENIED.search(before):
                found.append(Breach(rule, where, match.group()))
    return found


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    """String literals and names of a module, without its docstrings: those explain, they are not shown."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    explained = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained:
            yield node.lineno, node.value


def _texts(root: Path) -> Iterator[tuple[str, str]]:
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if path.name != SELF and "migrations" not in path.parts:
                yield from ((f"{path.relative_to(root)}:{line}", text) for line, text in _strings(path))
        for path in sorted((root / app).rglob("rules.toml")):
            text = path.read_text(encoding="utf-8")
            tomllib.loads(text)
            yield str(path.relative_to(root)), "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for path in sorted((root / "templates").rglob("*.html")):
        yield str(path.relative_to(root)), re.sub(r"\{%.*?%\}|<[^>]*>", " ", path.read_text(encoding="utf-8"))


def word_breaches(root: Path | None = None) -> list[Breach]:
    """Forbidden words in what the portal shows, stores and configures."""
    return [breach for where, text in _texts(Path(root or settings.BASE_DIR)) for breach in breaches_in(text, where)]


def name_breaches(root: Path | None = None) -> list[Breach]:
    """Columns and functions that count what must not be counted, whatever they are called on screen."""
    root = Path(root or settings.BASE_DIR)
    found = []
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if path.name == SELF:
                continue
            names = set(NAMES.findall(path.read_text(encoding="utf-8")))
            found += [Breach("B05 计数", str(path.relative_to(root)), name) for name in sorted(names)]
    return found


def _views(patterns=None) -> Iterator[type]:
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            yield from _views(entry.url_patterns)
        elif isinstance(entry, URLPattern) and (view := getattr(entry.callback, "view_class", None)):
            yield view


def community_forms() -> set[type[forms.BaseForm]]:
    """Forms of pages that a community or grid worker may open: by the page's permission in the matrix."""
    found = set()
    for view in _views():
        row = MATRIX.get(getattr(view, "permission", "") or getattr(view, "object_permission", ""))
        form = getattr(view, "form_class", None)
        if form and row and any(role in row.reach for role in COMMUNITY_ROLES):
            found.add(form)
    return found


def form_breaches(found: set[type[forms.BaseForm]] | None = None) -> list[Breach]:
    """Photos that a community must add (B06) and forms with more fields than the rule allows (B02)."""
    most = policy("redline.manual_fields")
    breaches = []
    for form in community_forms() if found is None else found:
        where = f"{getmodule(form).__name__}.{form.__name__}"
        shown = {name: field for name, field in form.base_fields.items() if not field.widget.is_hidden}
        breaches += [
            Breach("B06 必填附件", where, name)
            for name, field in shown.items()
            if isinstance(field, forms.FileField) and field.required
        ]
        if len(shown) > most:
            breaches.append(Breach("B02 填写项过多", where, f"{len(shown)} > {most}"))
    return breaches


_more: list[Callable[[], list[Breach]]] = []


def register(check: Callable[[], list[Breach]]) -> None:
    """Add a check of another slice, such as of the forms that departments have dispatched."""
    if check not in _more:
        _more.append(check)


def audit() -> list[Breach]:
    """Everything; empty when the portal keeps its red lines."""
    return [*word_breaches(), *name_breaches(), *form_breaches(), *(row for check in _more for row in check())]
