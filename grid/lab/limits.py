"""How often one address may download. Counted in the cache; when that is down the files are public all the same."""

import hashlib
import logging

from django.core.cache import cache
from django.http import HttpRequest

from governance.accounts.addresses import client_address
from governance.kernel.policy import policy

log = logging.getLogger(__name__)
HOUR = 3600


def too_many(request: HttpRequest) -> bool:
    """Count one download of the request's address; True when the hour's number is exceeded. The address is kept as a hash only."""
    address = hashlib.sha256((client_address(request) or "").encode()).hexdigest()[:24]
    key = f"open-data:{address}"
    try:
        cache.add(key, 0, HOUR)
        return cache.incr(key) > policy("lab.downloads_per_hour")
    except Exception:  # any client's error, or a key that just ran out
        log.warning("downloads are not counted: no cache")
        return False
