"""The panels as markup, kept by what they show: as long as no number changes nothing is drawn again."""

import hashlib
import logging
from urllib.parse import urlencode

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from governance.kernel.policy import policy

from .panels import panels_of
from .selectors import Numbers

log = logging.getLogger(__name__)
VERSION, KEPT = 1, 60  # raise the version when the drawing changes; seconds, after which changed names are seen
RULES = ("score.response_weights", "score.partly", "rating.min_sample", "whistle.hold_rate_alarm")


def drawn(numbers: Numbers) -> SafeString:
    """All panels of these numbers under the rules in force; without a cache they are drawn anew."""
    told = repr((VERSION, numbers.facts(), [policy(key) for key in RULES]))
    key = f"dashboard:{hashlib.sha256(told.encode()).hexdigest()}"
    try:
        if (kept := cache.get(key)) is not None:
            return mark_safe(kept)
    except Exception:  # any client's error: the cache only saves time
        log.warning("no cache: the dashboard is drawn anew")
    names = {"panels": panels_of(numbers), "query": urlencode(numbers.period.query)}
    text = render_to_string("governance/dashboards/panels.html", names)
    try:
        cache.set(key, text, KEPT)
    except Exception:
        log.warning("no cache: the dashboard is not kept")
    return mark_safe(text)
