"""Reading Chinese wording: one-to-one flattening, labels, dates, outcomes."""

import re
from datetime import date
from itertools import zip_longest

from ..states import Outcome

_TRADITIONAL = "簽報辦結異議聯繫絡會據現場線決時間與誰溝條導領實問題說備註處理單無員達範設劃將計預"
_SIMPLIFIED = "签报办结异议联系络会据现场线决时间与谁沟条导领实问题说备注处理单无员达范设划将计预"
_MARKS = {
    "，": ",", "。": ".", "．": ".", "：": ":", "﹕": ":", "∶": ":", "；": ";", "！": "!", "？": "?", "（": "(", "）": ")", "～": "~", "—": "-",
    "–": "-", "\u3000": " ", "\xa0": " ", "\t": " ", "【": " ", "】": " ", "[": " ", "]": " ", "「": " ", "」": " ", "“": " ", "”": " ",
    '"': " ", "'": " ",
}  # fmt: skip
_FLAT = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True)),
    **{chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)},
    **{chr(code): chr(code - 0xFEE0 + 32) for code in range(0xFF21, 0xFF3B)},
    **_MARKS,
}
_TABLE = str.maketrans(_FLAT)


def flat(text: str) -> str:
    """The same text, character for character, with half-width marks, simplified characters and lower case."""
    return text.translate(_TABLE)


_BULLET = r"(?:[(（]?[0-9一二三四五六①②③④⑤⑥]{1,2}[)）、.．:：]?[ \t　]*)?"
_SURE = 4  # characters: a longer label is believed anywhere, a short one only at the start of a clause


def labelled(text: str, labels: dict[str, tuple[str, ...]]) -> tuple[str, dict[str, str]]:
    """(what stands before the first label, each label's content). A label that comes twice is joined."""
    spellings = {spelling: key for key, names in labels.items() for spelling in names}
    plain = flat(text)
    pattern = re.compile(
        "|".join(
            (r"" if len(name) >= _SURE else r"(?:^|(?<=[\n,.;! ]))") + rf"{_BULLET}(?P<l{number}>{name}) *:"
            for number, name in enumerate(sorted(spellings, key=len, reverse=True))
        ),
        re.M,
    )
    names = sorted(spellings, key=len, reverse=True)
    hits = list(pattern.finditer(plain))
    free = _trimmed(text[: hits[0].start()]) if hits else text.strip()
    given: dict[str, str] = {}
    for hit, following in zip_longest(hits, hits[1:]):
        key = spellings[names[int(hit.lastgroup[1:])]]
        content = _trimmed(text[hit.end() : following.start() if following else len(text)])
        given[key] = "\n".join(part for part in (given.get(key, ""), content) if part)
    return free, {key: value for key, value in given.items() if value}


def _trimmed(text: str) -> str:
    return text.strip(" \t\n\u3000，,；;、").strip()


_DATE = re.compile(r"(?:(20\d\d) *[-/.年] *)?(1[0-2]|0?[1-9]) *[-/.月] *(3[01]|[12]\d|0?[1-9]) *[日号]?(?!\d)")


def dates_in(text: str, today: date | None) -> tuple[date | None, str]:
    """(the first date, the text without it); a date without a year is the next one after ``today``."""
    found = _DATE.search(flat(text[:200]))
    if not found:
        return None, text
    left = f"{text[: found.start()]}{text[found.end() :]}"
    left = re.sub(r"^[至到 ]*", "", left)
    try:
        if found[1]:
            return date(int(found[1]), int(found[2]), int(found[3])), left
        day = (today or date.today()).replace(month=int(found[2]), day=int(found[3]))
        return (day if day >= (today or date.today()) else day.replace(year=day.year + 1)), left
    except ValueError:
        return None, text


_OUTCOMES = [
    (r"部分解决|部分办结|基本解决", Outcome.PARTLY),
    (r"不予支持", Outcome.NOT_SUPPORTED),
    (r"政策解释|解释说明", Outcome.POLICY_EXPLAINED),
]


def spoken_outcome(*said: str) -> str | None:
    """The outcome that is spoken of, 已解决 when none is; None when the words say that it is not settled."""
    for text in map(flat, said):
        if re.search(r"(?:未|没有|无法|不能|暂未|尚未)(?:能|得到|完全|彻底)?(?:解决|办结)|挂账", text):
            return None
        for pattern, outcome in _OUTCOMES:
            if re.search(pattern, text):
                return outcome
    return Outcome.SOLVED
