"""The pages of collection."""

from governance.accounts.roles import DEPT_ROLES
from governance.territory.models import Department

FOLDER = "grid/collection/"
SHOWN_ROWS = 100  # lines of answers on a page; the export has all


def department_of(actor) -> Department:
    """The actor's own department."""
    post = actor.posts_in(*DEPT_ROLES)[0]
    return Department.objects.select_related("superior", "unit").get(pk=post.department_id)
