"""Figures that upper slices add to the white paper."""

from collections.abc import Callable

_providers: list[Callable[[int], list[tuple[str, int, str]]]] = []


def register(provider: Callable[[int], list[tuple[str, int, str]]]) -> None:
    """``provider(year)`` answers (key of the metric card, value, unit) for each of its figures."""
    if provider not in _providers:
        _providers.append(provider)


def provided(year: int) -> list[tuple[str, int, str]]:
    """What all of them say of a year."""
    return [line for provider in _providers for line in provider(year)]
