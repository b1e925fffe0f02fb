"""A choice carries its colour and icon, and is still an ordinary Django choice."""

import pytest

from governance.kernel.ui.choices import StyledChoices, style_of
from governance.whistles.models import Whistle
from governance.whistles.states import WhistleStatus


class Light(StyledChoices):
    """Three ways of declaring a member."""

    OPEN = "open", "办理中", "info", "clock"
    LATE = "late", "已逾期", "danger"
    PLAIN = "plain", "普通"


def test_members_keep_value_and_label():
    assert Light.choices == [("open", "办理中"), ("late", "已逾期"), ("plain", "普通")]
    assert Light("open") is Light.OPEN and Light.OPEN == "open"


def test_members_have_tone_and_icon():
    assert (Light.OPEN.tone, Light.OPEN.icon) == ("info", "clock")
    assert (Light.LATE.tone, Light.LATE.icon) == ("danger", "dot")
    assert (Light.PLAIN.tone, Light.PLAIN.icon) == ("neutral", "dot")


def test_an_unknown_tone_is_refused():
    with pytest.raises(ValueError, match="pink"):
        type(Light)("Bad", (StyledChoices,), _members(A=("a", "甲", "pink")))


def _members(**members):
    """A class body as the enumeration's metaclass wants it."""
    body = type(Light).__prepare__("Bad", (StyledChoices,))
    for name, value in members.items():
        body[name] = value
    return body


def test_a_models_status_finds_its_style():
    whistle = Whistle(status=WhistleStatus.DRAFT.value)
    assert style_of(whistle) is WhistleStatus.DRAFT


def test_an_unknown_status_has_no_style():
    assert style_of(Whistle(status="nonsense")) is None
