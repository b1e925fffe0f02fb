"""Choices that carry value, label, colour and icon in one place, so that a status looks the same on every page."""

from functools import cache

from django.db.models.enums import ChoicesType, TextChoices

TONES = ("neutral", "info", "accent", "success", "warning", "danger", "muted")
DEFAULT_TONE = "neutral"
DEFAULT_ICON = "dot"
_DECLARED: dict[tuple, type] = {}  # choices as Django stores them on a field → the enumeration they came from


def _split(key: str, declared) -> tuple[str, str, str, str]:
    """Read a member's declaration: value, label[, tone[, icon]]; ValueError on anything else."""
    parts = tuple(declared) if isinstance(declared, (tuple, list)) else (declared, key.replace("_", " ").title())
    if not 2 <= len(parts) <= 4:
        raise ValueError(f"{key}: declare value, label[, tone[, icon]]")
    value, label, tone, icon = (*parts, *(DEFAULT_TONE, DEFAULT_ICON)[len(parts) - 2 :])
    if tone not in TONES:
        raise ValueError(f"{key}: tone {tone!r} is none of {', '.join(TONES)}")
    return value, label, tone, icon


class StyledChoicesType(ChoicesType):
    """Takes tone and icon off each member before Django sees the usual value and label."""

    def __new__(metacls, classname, bases, classdict, **kwds):
        """Build the enumeration and hang ``_tone_`` and ``_icon_`` on its members."""
        styles = {}
        for key in classdict._member_names:
            value, label, tone, icon = _split(key, classdict[key])
            styles[key] = (tone, icon)
            dict.__setitem__(classdict, key, (value, label))
        cls = super().__new__(metacls, classname, bases, classdict, **kwds)
        for key, (tone, icon) in styles.items():
            cls[key]._tone_, cls[key]._icon_ = tone, icon
        _DECLARED[tuple((value, str(label)) for value, label in cls.choices if value is not None)] = cls
        return cls


class StyledChoices(TextChoices, metaclass=StyledChoicesType):
    """``OPEN = "open", "办理中", "info", "clock"``: Django text choices whose members also have ``.tone`` and
    ``.icon``.

    Tones: neutral, info, accent, success, warning, danger (overdue and red cards only), muted. Icons:
    static/portal/icons.svg.
    """

    @property
    def tone(self) -> str:
        """The colour family of the member."""
        return self._tone_

    @property
    def icon(self) -> str:
        """The name of the member's icon."""
        return self._icon_


def style_of(obj, field: str = "status") -> StyledChoices | None:
    """Return the member that a model's field holds, found by the field's choices.

    None when the field has no styled choices.
    """
    members = _members(obj._meta.get_field(field))
    return members.get(getattr(obj, field))


@cache
def _members(field) -> dict[str, StyledChoices]:
    """The members behind a field's choices by value; a list asks for every row."""
    enumeration = _DECLARED.get(tuple((value, str(label)) for value, label in field.flatchoices))
    return {member.value: member for member in enumeration} if enumeration else {}
