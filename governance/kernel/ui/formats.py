"""How dates, durations, sizes and telephone numbers read in Chinese."""

import re
from datetime import date, datetime, timedelta

from django.utils import timezone

MINUTE, HOUR, DAY = 60, 3600, 86400
_PHONE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}-?\d{2})\d{3,4}(\d{2})(?!\d)")


def local(value: datetime) -> datetime:
    """Return the moment in the portal's time zone."""
    return timezone.localtime(value) if timezone.is_aware(value) else value


def datetime_cn(value: datetime | date | None, style: str = "") -> str:
    """``2026-11-23 09:05``; ``short`` leaves out this year and writes 今天/昨天; ``long`` is 2026年11月23日 09:05.

    None gives —.
    """
    if value is None or value == "":
        return "—"
    if not isinstance(value, datetime):
        return f"{value.year}年{value.month}月{value.day}日" if style == "long" else f"{value:%Y-%m-%d}"
    value = local(value)
    if style == "long":
        return f"{value.year}年{value.month}月{value.day}日 {value:%H:%M}"
    if style != "short":
        return f"{value:%Y-%m-%d %H:%M}"
    today = timezone.localdate()
    near = {today: "今天", today - timedelta(days=1): "昨天", today + timedelta(days=1): "明天"}.get(value.date())
    if near:
        return f"{near} {value:%H:%M}"
    return f"{value:%m-%d %H:%M}" if value.year == today.year else f"{value:%Y-%m-%d}"


def duration_cn(value: timedelta | float | int | None) -> str:
    """A length of time (timedelta or seconds) in its two largest units.

    3 天 4 小时, 2 小时 5 分, 40 分钟, 不到 1 分钟.
    """
    if value is None or value == "":
        return "—"
    seconds = int(abs(value.total_seconds() if isinstance(value, timedelta) else float(value)))
    if seconds < MINUTE:
        return "不到 1 分钟"
    if seconds < HOUR:
        return f"{seconds // MINUTE} 分钟"
    big, small, names = (DAY, HOUR, ("天", "小时")) if seconds >= DAY else (HOUR, MINUTE, ("小时", "分"))
    rest = seconds % big // small
    return f"{seconds // big} {names[0]}" + (f" {rest} {names[1]}" if rest else "")


def filesize_cn(size: int | None) -> str:
    """Bytes as 512 B, 24 KB or 3.1 MB."""
    if size is None or size == "":
        return "—"
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:.0f} KB" if size < 1024**2 else f"{size / 1024**2:.1f} MB"


def mask_phone(text: str | None) -> str:
    """Hide the middle of every telephone number in a text: 138****1234, 0411-83****12."""
    hidden = _PHONE.sub(r"\1****\2", str(text or ""))
    return _LANDLINE.sub(r"\1****\2", hidden)
