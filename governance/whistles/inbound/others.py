"""Replies about things other than tickets: a slice above registers how its own links are answered by mail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from governance.kernel.actor import Actor
from governance.kernel.links import AnswerLink

from .act import Outcome
from .mime import Letter


@dataclass(frozen=True)
class Replier:
    """``find(link)`` gives what the link opens and the addresses that may answer; ``actor(link, subject)`` the office, or None
    when it has it no more; ``carry_out(subject, actor, key, letter, sender)`` does what was written and confirms it.
    """

    find: Callable[[AnswerLink], tuple[Any, set[str]]]
    actor: Callable[[AnswerLink, Any], Actor | None]
    carry_out: Callable[[Any, Actor, str, Letter, str], Outcome]


REPLIERS: dict[str, Replier] = {}
