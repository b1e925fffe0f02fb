"""Short stories: how an application gets to each state, told with the services."""

from datetime import timedelta
from types import SimpleNamespace

from communities.admission.applications import decisions, services
from communities.admission.applications.checks import yearly_cost_fen
from communities.admission.catalogues.loading import catalogues_load
from communities.admission.models import AdmissionApplication, AdmissionOpinion
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import SYSTEM, Actor, Post
from governance.territory.models import Department

NOTE = "写明理由"


def content(**changes) -> dict:
    """What a department would write: sound by itself; change what the test is about."""
    fields = {
        "place": "urban", "name": "协助社区充电桩布点意见征集", "basis_document": "大连市电动汽车充电设施办法（示例）", "basis_article": "示例条款",
        "necessity": "新建充电桩须听取居民意见。", "alternative": "无法通过数据共享取得居民意见。", "times_a_year": 2, "minutes": 60,
        "communities": 50, "fund_number": "ZB-2026-001", "fund_source": "部门预算", "start_on": clock.today() + timedelta(days=70),
    }  # fmt: skip
    fields["funded_fen"] = yearly_cost_fen(times=2, communities=50, minutes=60)
    return fields | changes


def draft(actors: SimpleNamespace, **changes) -> AdmissionApplication:
    """A draft of the lead department."""
    catalogues_load()
    department = Department.objects.get(pk=actors.dept.posts[0].department_id)
    return services.application_draft(by=actors.dept, department=department, **content(**changes))


def answerer(opinion: AdmissionOpinion) -> Actor:
    """Somebody of the street or community that is asked."""
    place = {"unit_id": opinion.unit_id, "street_id": opinion.street_id}
    if not opinion.community_id:
        return Actor(label="答复人", posts=(Post(role=Role.STREET_STAFF, **place),))
    post = Post(role=Role.COMMUNITY, community_id=opinion.community_id, **place)
    return Actor(label="答复人", posts=(post,))


def fresh(row: AdmissionApplication) -> AdmissionApplication:
    """As it is stored now."""
    return AdmissionApplication.objects.get(pk=row.pk)


def _checking(actors, row):
    return services.application_submit(application=row, by=actors.dept)


def _correcting(actors, row):
    return services.application_return(application=_checking(actors, row), by=actors.social, note=NOTE)


def _consulting(actors, row):
    return decisions.application_pass_check(application=_checking(actors, row), by=actors.social)


def _reviewing(actors, row):
    return decisions.application_conclude(application=_consulting(actors, row), by=SYSTEM)


def _publicity(actors, row):
    return decisions.application_publish(
        application=_reviewing(actors, row), by=actors.social, minutes_text="会议同意。", bodies=["social", "civil"]
    )


def _in_force(actors, row):
    row = _publicity(actors, row)
    with clock.travel(row.publicity_ends_at + timedelta(minutes=1)):
        return decisions.application_approve(application=row, by=actors.social)


def _refused(actors, row):
    return decisions.application_refuse(application=_checking(actors, row), by=actors.social, note=NOTE)


def _appealing(actors, row):
    return services.application_appeal(application=_refused(actors, row), by=actors.dept, note=NOTE)


def _emergency(actors, row):
    return decisions.application_declare(application=row, by=actors.dept_head, note="防汛应急")


def _lapsed(actors, row):
    return decisions.application_lapse(application=_emergency(actors, row))


def _withdrawn(actors, row):
    return services.application_withdraw(application=row, by=actors.dept)


WAYS = {
    "draft": lambda actors, row: row, "checking": _checking, "correcting": _correcting, "consulting": _consulting,
    "reviewing": _reviewing, "publicity": _publicity, "in_force": _in_force, "refused": _refused, "appealing": _appealing,
    "emergency": _emergency, "lapsed": _lapsed, "withdrawn": _withdrawn,
}  # fmt: skip


def application(actors: SimpleNamespace, status: str = "checking", **changes) -> AdmissionApplication:
    """An application in the wanted state."""
    return fresh(WAYS[status](actors, draft(actors, **changes)))


__all__ = ["NOTE", "answerer", "application", "content", "draft", "fresh"]
