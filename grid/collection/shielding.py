"""Sharing level and sensitivity (domain-rules 5.4): what a department must state to have a figure, and what it does not get."""

from collections.abc import Sequence

from governance.accounts.roles import DEPT_ROLES
from governance.kernel.actor import Actor
from governance.kernel.policy import policy
from governance.territory.models import Department

from .models import DataElement
from .querysets import EVERYTHING
from .states import Kind, Sensitivity, Sharing


def closed_to(elements: Sequence[DataElement], department: Department) -> list[DataElement]:
    """Elements that are not shared with this department: those kept to their own line."""
    return [row for row in elements if row.sharing == Sharing.RESTRICTED and row.trade != department.kind]


def on_grounds(elements: Sequence[DataElement], department: Department) -> list[DataElement]:
    """Elements that another line gets only on stated grounds: conditionally shared, or about sensitive personal data."""
    return [
        row for row in elements
        if row.trade != department.kind and (row.sharing != Sharing.OPEN or row.sensitivity == Sensitivity.SENSITIVE)
    ]  # fmt: skip


def trade_of(actor: Actor, department: Department) -> str | None:
    """The line that reads: the department's, for those who work there; None for who answers for the place itself."""
    return department.kind if actor.posts_in(*DEPT_ROLES) and not actor.posts_in(*EVERYTHING) else None


def is_small(element: DataElement, value: object, trade: str | None) -> bool:
    """Whether a sum of persons is so small that another line could tell who they are."""
    if (
        trade is None
        or trade == element.trade
        or element.sensitivity == Sensitivity.NONE
        or element.kind != Kind.NUMBER
    ):
        return False
    return isinstance(value, int | float) and 0 < value < policy("collection.small_count")


def shown_to(element: DataElement, value: object, trade: str | None) -> object:
    """The value, or in words that it is too small to be told."""
    return f"不足 {policy('collection.small_count')}" if is_small(element, value, trade) else value
