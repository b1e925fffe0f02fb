"""How much two items repeat each other (domain-rules 2.3 ②). Pure: text in, a share between 0 and 1 out."""

import re

_NOISE = re.compile(r"[\W_]+")
_FIELDS = re.compile(r"[、，,；;／/\s]+")


def bigrams(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters, without spaces and punctuation; a single character is itself."""
    plain = _NOISE.sub("", text)
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1)) or frozenset(filter(None, [plain]))


def jaccard(left: frozenset, right: frozenset) -> float:
    """Shared part of all; two empty sets share nothing."""
    return len(left & right) / len(left | right) if left | right else 0.0


def fields(text: str) -> frozenset[str]:
    """The names of a list such as 姓名、住址、电话."""
    return frozenset(filter(None, _FIELDS.split(text)))


def duplication(name: str, information: str, other_name: str, other_information: str) -> float:
    """Share by which an item repeats another: its name, and where both name fields, half name and half fields."""
    names = jaccard(bigrams(name), bigrams(other_name))
    mine, theirs = fields(information), fields(other_information)
    return (names + jaccard(mine, theirs)) / 2 if mine and theirs else names
