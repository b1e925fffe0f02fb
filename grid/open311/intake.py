"""POST /requests: a client's fields become an incident of the account whose key it sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Invalid
from governance.kernel.policy import policy
from governance.territory.models import Category, Division
from grid.boundaries.finding import places_matching
from grid.boundaries.selectors import locate
from grid.incidents.models import Incident
from grid.incidents.services import IncidentInput, incident_report, incident_sent
from grid.incidents.services.report import may_report_for
from grid.incidents.states import Door

from .errors import Missing
from .published import categories
from .queries import clean

KEY_SHAPE = re.compile(r"[\x21-\x7e]{1,64}")
MEDIA_MOST = 500


def request_submit(*, by: Actor, fields: Mapping, key: str = "") -> Incident:
    """Report it. ``key`` (Idempotency-Key, else the field ``client_key``) makes the same request again the same incident;
    usual clients send neither: for them the same fields within some minutes are the same request.

    Raises Invalid (400), Forbidden (403: a place that the account's post does not cover), Missing (404: the service),
    Conflict (409: the key of another description).
    Unknown fields are ignored; so are the reporter's name, mail, telephone and device, which are not kept.
    """
    words = clean(fields)
    sent = _key(key or words.get("client_key", ""))
    try:
        return _submit(by, words, sent)
    except (Invalid, Missing):
        if known := sent and _known(by, words, sent):
            return known
        raise


def _submit(by: Actor, words: Mapping[str, str], sent: str | None) -> Incident:
    category, (lon, lat), address = _category(words), _point(words), words.get("address_string", "")
    if lon is None and not address:
        raise Invalid("请给出 lat 与 long，或 address_string。")
    inside = lon is not None and locate(lon, lat).grid is not None
    if lon is not None and not inside and not address:
        raise Invalid("该位置不在任何网格内，请给出 address_string。")
    text = _words(words, category.name)
    if sent is None:
        sent, before = _natural_keys(category.code, lon, lat, address, text)
        if known := Incident.objects.filter(reporter_id=by.user_id, client_key=before).first():
            return known
    content = IncidentInput(
        words=text, category=category, place=address, lon=lon, lat=lat, client_key=sent, door=Door.OPEN311,
        community=None if inside else _community(by, address),
    )  # fmt: skip
    try:
        return incident_report(by=by, content=content)
    except Invalid as refusal:
        if "community" in refusal.fields:
            raise Invalid("从地址看不出是哪个社区（村），请给出 lat 与 long。") from None
        raise


def _category(words: Mapping[str, str]) -> Category:
    code = words.get("service_code", "")
    if not code:
        raise Invalid("缺少 service_code。")
    if (row := categories().filter(code=code).first()) is None:
        raise Missing("没有这个 service_code。")
    return row


def _point(words: Mapping[str, str]) -> tuple[float | None, float | None]:
    said = [words.get("long", ""), words.get("lat", "")]
    if not any(said):
        return None, None
    try:
        lon, lat = map(float, said)
    except ValueError:
        raise Invalid("lat 与 long 须同时给出，且为数字（WGS 84，度）。") from None
    return lon, lat


def _known(by: Actor, words: Mapping[str, str], sent: str) -> Incident | None:
    """What the request became before its service was closed or its account moved."""
    category = Category.objects.filter(code=words.get("service_code", "")).first()
    return incident_sent(by=by, key=sent, words=_words(words, category.name if category else ""))


def _words(words: Mapping[str, str], otherwise: str) -> str:
    """The description, or else the category's name; the picture's address below it as text: nobody fetches it."""
    media = words.get("media_url", "")
    if media and (len(media) > MEDIA_MOST or not media.startswith(("https://", "http://"))):
        raise Invalid(f"media_url 须为 http(s) 网址，最多 {MEDIA_MOST} 字。")
    text = words.get("description", "") or otherwise
    return f"{text}\n图片网址（未下载）：{media}" if media else text


def _community(by: Actor, address: str) -> Division | None:
    """The one community that the address speaks of among those the account reports for; None when that is not certain."""
    codes = [found.code12 for found in places_matching(address)]
    rows = [row for row in Division.objects.filter(code12__in=codes) if may_report_for(by, row)] if codes else []
    return rows[0] if len(rows) == 1 else None


def _natural_keys(*fields) -> tuple[str, str]:
    """The keys of these fields in this span of time and in the one before: a repeat across the turn is one too."""
    span = int(clock.now().timestamp() // (60 * policy("incident.civic_repeat_minutes")))
    now, before = (sha256(repr((*fields, at)).encode()).hexdigest()[:56] for at in (span, span - 1))
    return f"same:{now}", f"same:{before}"


def _key(sent: str) -> str | None:
    if sent and not KEY_SHAPE.fullmatch(sent):
        raise Invalid("Idempotency-Key 须为 1 至 64 个可见的 ASCII 字符。")
    return sent or None
