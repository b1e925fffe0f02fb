"""A value kept in the process for some seconds: for rules and calendars that every request reads and nobody changes."""

import functools
import threading
import time
from collections.abc import Callable
from typing import Any


def cached_for(seconds: float) -> Callable:
    """Decorate a function of few different arguments; ``function.forget()`` drops the copies."""

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        lock, kept = threading.Lock(), {}

        @functools.wraps(function)
        def inner(*key):
            entry = kept.get(key)
            if entry is None or entry[0] < time.monotonic():
                with lock:
                    entry = (time.monotonic() + seconds, function(*key))
                    kept[key] = entry
            return entry[1]

        inner.forget = kept.clear
        _all.append(inner)
        return inner

    return wrap


_all: list = []


def forget_all() -> None:
    """Drop every kept value of this process (tests, imports)."""
    for function in _all:
        function.forget()
