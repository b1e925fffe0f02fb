"""Who acts: a signed-in user, a department behind a mail link, or the system itself. Roles come from posts (appointments)."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Post:
    """One appointment in force: a role and the place or department that it covers (None: not limited by it)."""

    role: str
    unit_id: int | None = None
    street_id: int | None = None
    community_id: int | None = None
    department_id: int | None = None
    title: str = ""


@dataclass(frozen=True)
class Actor:
    """The doer of a change. ``via`` is web, api, link, mail or system; ``label`` is what history shows."""

    label: str
    via: str = "web"
    user_id: int | None = None
    posts: tuple[Post, ...] = field(default=())
    address: str = ""

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(post.role for post in self.posts)

    @property
    def is_system(self) -> bool:
        return self.via == "system"

    @property
    def is_authenticated(self) -> bool:
        return self.is_system or bool(self.posts) or self.user_id is not None

    def posts_in(self, *roles: str) -> tuple[Post, ...]:
        return tuple(post for post in self.posts if post.role in roles)


SYSTEM = Actor(label="系统", via="system")
NOBODY = Actor(label="未登录")
