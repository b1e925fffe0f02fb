"""Admission's panels on the desks: only for those who have something to do, one statement each."""

from collections.abc import Callable

from django.db.models import Q

from governance.accounts import desks
from governance.accounts.desks import Content, Panel, content
from governance.accounts.roles import DEPT_ROLES, STREET_ROLES, Role
from governance.kernel import clock
from governance.kernel.actor import Actor

from .applications.states import ApplicationStatus as S
from .models import AdmissionApplication, AdmissionOpinion


def application_line(row: AdmissionApplication) -> dict:
    """What, from whom, where it stands."""
    return {
        "title": row.name, "text": f"{row.number} · {row.department}", "url": row.get_absolute_url(),
        "badge": S(row.status), "at": row.submitted_at or row.created_at,
    }  # fmt: skip


def _rows(actor: Actor, *statuses: str):
    rows = AdmissionApplication.objects.visible_to(actor).filter(status__in=statuses)
    return rows.select_related("department").order_by("id")


def mine(actor: Actor) -> Content:
    """A department's own: to be finished, corrected, or refused with an appeal open."""
    own = [post.department_id for post in actor.posts_in(*DEPT_ROLES)]
    rows = _rows(actor, S.DRAFT, S.CORRECTING).filter(department_id__in=own)
    return content(rows, application_line, href="applications")


def decided_by_me(*statuses: str) -> Callable[[Actor], Content]:
    """What the district decides, or the city for what is the whole city's."""

    def load(actor: Actor) -> Content:
        units = [post.unit_id for post in actor.posts_in(Role.UNIT_SOCIAL)]
        scope = Q(unit_id__in=units)
        if actor.posts_in(Role.CITY_OFFICE):
            scope |= Q(unit=None)
        return content(_rows(actor, *statuses).filter(scope), application_line, href="applications?status=open")

    return load


def published(actor: Actor) -> Content:
    """Publicity that is over: to be approved."""
    units = [post.unit_id for post in actor.posts_in(Role.UNIT_SOCIAL)]
    scope = Q(unit_id__in=units) | (Q(unit=None) if actor.posts_in(Role.CITY_OFFICE) else Q(pk__in=[]))
    rows = _rows(actor, S.PUBLICITY).filter(scope, publicity_ends_at__lte=clock.db_now())
    return content(rows, application_line, href="applications?status=publicity")


def asked(actor: Actor) -> Content:
    """Opinions that one's own street or community is asked for; to answer is free."""
    streets = [post.street_id for post in actor.posts_in(*STREET_ROLES)]
    communities = [post.community_id for post in actor.posts_in(Role.COMMUNITY)]
    own = Q(street_id__in=streets, community=None) | Q(community_id__in=communities)
    rows = AdmissionOpinion.objects.visible_to(actor).filter(own, stand="", application__status=S.CONSULTING)
    return content(rows.select_related("application__department").order_by("id"), asked_line)


def asked_line(row: AdmissionOpinion) -> dict:
    """What is asked, until when."""
    return {
        "title": row.application.name, "text": f"{row.application.department} 申请准入", "url": row.get_absolute_url(),
        "at": row.application.consult_ends_at, "at_label": "征求意见至",
    }  # fmt: skip


DECIDING = (Role.UNIT_SOCIAL, Role.CITY_OFFICE)
desks.register(
    Panel("admission-mine", "待补充的准入申请", DEPT_ROLES, 60, mine, "edit", quiet=True),
    Panel("admission-check", "待形式审查的准入申请", DECIDING, 60, decided_by_me(S.CHECKING), "eye", tone="warning", quiet=True),
    Panel("admission-review", "待评审、复核的准入申请", DECIDING, 61, decided_by_me(S.REVIEWING, S.APPEALING), "scale",
          tone="warning", quiet=True),
    Panel("admission-approve", "公示期满待批准", DECIDING, 62, published, "flag", tone="warning", quiet=True),
    Panel("admission-emergency", "应急先行的事项", DECIDING, 63, decided_by_me(S.EMERGENCY), "alert", quiet=True),
    Panel("admission-asked", "准入征求意见", (*STREET_ROLES, Role.COMMUNITY), 60, asked, "users", quiet=True),
)  # fmt: skip
desks.shortcut("申请准入", "application-new", "edit", DEPT_ROLES)
