"""News that travels upward: a lower slice emits, an upper one subscribes. Handlers run in the emitter's transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_handlers: dict[str, list[Callable]] = defaultdict(list)
_suspended: ContextVar[tuple[Callable, ...]] = ContextVar("suspended", default=())


def subscribe(name: str, handler: Callable) -> None:
    """Call ``handler(**payload)`` whenever ``name`` is emitted; "entity.*" takes every event of an entity (gets ``event=``)."""
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


@contextmanager
def suspended(*handlers: Callable) -> Iterator[None]:
    """Keep some handlers from hearing anything: the demo's old history mails nobody."""
    token = _suspended.set(handlers)
    try:
        yield
    finally:
        _suspended.reset(token)
