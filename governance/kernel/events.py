"""News that travels upward: a lower slice emits, an upper one subscribes. Handlers run in the emitter's transaction."""

from collections import defaultdict
from collections.abc import Callable

_handlers: dict[str, list[Callable]] = defaultdict(list)


def subscribe(name: str, handler: Callable) -> None:
    """Call ``handler(**payload)`` whenever ``name`` is emitted; "entity.*" takes every event of an entity (gets ``event=``)."""
    if handler not in _handlers[name]:
        _handlers[name].append(handler)


def emit(name: str, **payload) -> None:
    """Tell everybody who subscribed; a failing handler fails the transaction, so that no news is lost."""
    for handler in _handlers.get(name, ()):
        handler(**payload)
    for handler in _handlers.get(f"{name.split('.')[0]}.*", ()):
        handler(event=name, **payload)
