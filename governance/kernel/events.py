"""News that travels upward: a lower slice emits, an upper one subscribes. Handlers run in the emitter's transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

_handlers: dict[str, list[Callable]] = defaultdict(list)
_many: dict[Callable, Callable] = {}
_suspended: ContextVar[tuple[Callable, ...]] = ContextVar("suspended", default=())


def subscribe(name: str, handler: Callable, *, many: Callable | None = None) -> None:
    """Call ``handler(**payload)`` whenever ``name`` is emitted; "entity.*" takes every event of an entity (gets ``event=``).

    ``many(event=, rows=)`` takes what a set-based service emits at once; without it such news comes one by one.
    """
    if many:
        _many[handler] = many
    if handler not in _handlers[name]:
        _handlers[name].append(handler)


def emit(name: str, **payload) -> None:
    """Tell everybody who subscribed; a failing handler fails the transaction, so that no news is lost."""
    for handler in _handlers.get(name, ()):
        if handler not in _suspended.get():
            handler(**payload)
    for handler in _handlers.get(f"{name.split('.')[0]}.*", ()):
        if handler not in _suspended.get():
            handler(event=name, **payload)


def emit_many(name: str, rows: Sequence[dict], load: Callable[[dict], dict]) -> None:
    """Tell everybody about several happenings of one kind; ``load`` makes a row (numbers only) what ``emit`` would carry."""
    if not rows:
        return
    listeners = [(handler, {}) for handler in _handlers.get(name, ())]
    listeners += [(handler, {"event": name}) for handler in _handlers.get(f"{name.split('.')[0]}.*", ())]
    for handler, more in listeners:
        if handler in _suspended.get():
            continue
        if many := _many.get(handler):
            many(event=name, rows=rows)
        else:
            for row in rows:
                handler(**more, **load(row))


@contextmanager
def suspended(*handlers: Callable) -> Iterator[None]:
    """Keep some handlers from hearing anything: the demo's old history mails nobody."""
    token = _suspended.set(handlers)
    try:
        yield
    finally:
        _suspended.reset(token)
