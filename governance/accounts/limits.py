"""How often one address may do something on a page that anybody opens. Counted in the cache, by a hash of the address."""

import hashlib
import logging
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest

from governance.kernel.policy import policy

from .addresses import client_address

log = logging.getLogger(__name__)
HOUR = 3600


def hourly(name: str, rule: str) -> Callable[[HttpRequest], bool]:
    """``too_many(request)``: counts once more; True when the hour's number, the policy ``rule``, is exceeded.

    Where the cache is down nothing is counted and nobody is turned away.
    """

    def too_many(request: HttpRequest) -> bool:
        key = f"{name}:{hashlib.sha256((client_address(request) or '').encode()).hexdigest()[:24]}"
        try:
            cache.add(key, 0, HOUR)
            return cache.incr(key) > policy(rule)
        except Exception:  # any client's error, or a key that just ran out
            log.warning("%s is not counted: no cache", name)
            return False

    return too_many
