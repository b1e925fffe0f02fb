"""The permission matrix: one row per action, with the roles that hold it and the reach of a post.

A slice registers its rows once; pages, the API, the workflow and the tests read the same table.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .actor import Actor, Post
from .errors import Forbidden

Reach = Callable[[Post, object], bool]


def anywhere(post: Post, obj: object) -> bool:
    """The reach of a role that is not bound to a place."""
    return True


@dataclass(frozen=True)
class Permission:
    """``key`` is "<entity>.<action>"; ``reach`` maps each role that holds it to a test of (post, object)."""

    key: str
    label: str
    reach: dict[str, Reach]
    system: bool = False


MATRIX: dict[str, Permission] = {}


def register(*rows: Permission) -> None:
    """Add rows; registering a key twice is a programming error."""
    for row in rows:
        if row.key in MATRIX and MATRIX[row.key] != row:
            raise ValueError(f"permission {row.key} is registered twice")
        MATRIX[row.key] = row


def permits(actor: Actor, key: str, obj: object = None) -> bool:
    """Whether ``actor`` may do ``key`` to ``obj``; without an object: whether any of his roles holds it at all."""
    row = MATRIX[key]
    if actor.is_system:
        return row.system
    posts = (post for post in actor.posts if post.role in row.reach)
    return any(obj is None or row.reach[post.role](post, obj) for post in posts)


def require(actor: Actor, key: str, obj: object = None) -> None:
    """Raise Forbidden (403) unless permitted."""
    if not permits(actor, key, obj):
        raise Forbidden(f"您的岗位没有“{MATRIX[key].label}”的权限。")
