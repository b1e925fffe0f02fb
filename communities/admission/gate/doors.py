"""Where a community does what a demand asks, when another slice has a page for it (a form to fill in)."""

from collections.abc import Callable

from ..models import DemandTarget

_doors: list[Callable[[DemandTarget], str]] = []


def register(door: Callable[[DemandTarget], str]) -> None:
    """``door(target)`` answers the page's address, or "" when the demand is not its business."""
    if door not in _doors:
        _doors.append(door)


def door_of(target: DemandTarget) -> str:
    """The first page that takes the target; "" for none."""
    return next((url for door in _doors if (url := door(target))), "")
