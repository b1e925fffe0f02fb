"""Which category do these words speak of? Lists of words as data, nothing learned: the page can say which words matched."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from governance.kernel.cached import cached_for
from governance.territory.models import Category

WORDS = Path(__file__).with_name("data") / "words.toml"
MOST = 3


@dataclass(frozen=True)
class Suggestion:
    """A category with the words that speak for it; ``score`` is the number of characters matched."""

    category: Category
    matched: tuple[str, ...]
    score: int


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    return {code: tuple(words) for code, words in tomllib.loads(WORDS.read_text(encoding="utf-8")).items()}


@cached_for(60)
def _categories() -> dict[str, Category]:
    return {
        row.code: row for row in Category.objects.filter(is_active=True, code__in=_lists()).select_related("parent")
    }


def suggest_category(words: str) -> list[Suggestion]:
    """The best three categories, best first; none for words that are on no list. Longer words weigh more."""
    text, known = "".join(words.split()), _categories()
    found = []
    for code, listed in _lists().items():
        matched = tuple(word for word in listed if word in text)
        if matched and code in known:
            found.append(Suggestion(known[code], matched, sum(map(len, matched))))
    return sorted(found, key=lambda one: (-one.score, one.category.code))[:MOST]
