"""Where an incident belongs: by its point, else by the worker's post, else by the community that was named."""

from __future__ import annotations

from dataclasses import dataclass

from governance.accounts.roles import COMMUNITY_ROLES
from governance.kernel.actor import Actor
from governance.kernel.errors import Invalid
from governance.territory.models import Division, Grid
from governance.territory.selectors import known_community
from grid.boundaries.selectors import grid_of, locate


@dataclass(frozen=True)
class Placed:
    """The grid, or None where none is certain, and its community."""

    grid: Grid | None
    community: Division


def place(
    *, by: Actor, lon: float | None, lat: float | None, community: Division | None = None, grid: Grid | None = None
) -> Placed:
    """Raises Invalid when neither point nor post nor community says where.

    A grid that was named wins; then the point's; then the worker's own. A named community keeps only a grid inside it.
    """
    if grid is not None:
        return Placed(grid, grid.community)
    found = locate(lon, lat).grid if lon is not None and lat is not None else None
    if found and (community is None or found.community_id == community.pk):
        return Placed(found, found.community)
    own = grid_of(by)
    if own and (community is None or own.community_id == community.pk):
        return Placed(own, own.community)
    if community is None:
        ids = {post.community_id for post in by.posts_in(*COMMUNITY_ROLES)} - {None}
        community = known_community(*ids) if len(ids) == 1 else None
    if community is None:
        raise Invalid(community="请选择社区（村），或用位置定位。")
    return Placed(None, community)
