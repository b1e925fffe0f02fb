"""What the social work department decides about an application, and what the clock does by itself."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from governance.kernel import audit, clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.deadlines import Deadline, Level
from governance.kernel.errors import Conflict, Forbidden, Invalid
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.kernel.workflow import lock
from governance.territory.choices import VillageType
from governance.territory.models import Division

from ..catalogues.numbers import next_code
from ..models import AdmissionApplication, AdmissionItem, AdmissionOpinion, Catalogue
from ..states import CatalogueStatus, Place, Term
from .checks import formal_problems
from .letters import tell
from .services import close_stages, open_stage
from .states import ApplicationStatus, Stage, Stand
from .workflow import APPLICATION_FLOW

RURAL = (VillageType.VILLAGERS, VillageType.LIKE_VILLAGERS)


def communities_for(application: AdmissionApplication):
    """The communities of the kind of place and, for a district's own item, of its unit."""
    rows = Division.objects.communities().filter(valid_to=None)
    rows = (
        rows.filter(village_type__in=RURAL)
        if application.place == Place.RURAL
        else rows.exclude(village_type__in=RURAL)
    )
    return rows.filter(unit_id=application.unit_id) if application.unit_id else rows


def sample(application: AdmissionApplication) -> list[Division]:
    """Communities drawn by lot, so that nobody picks whom to ask; from different streets where there are enough."""
    rows = list(communities_for(application).only("id", "street_id", "unit_id").order_by("code12"))
    secrets.SystemRandom().shuffle(rows)
    seen: set[int] = set()
    first = [row for row in rows if not (row.street_id in seen or seen.add(row.street_id))]
    rest = [row for row in rows if row not in set(first)]
    wanted = policy("admission.consult_communities")
    chosen = [*first, *rest][:wanted]
    if len(chosen) < wanted:
        raise Conflict(f"这类社区（村）不足 {wanted} 个，无法征求意见。")
    return chosen


@transaction.atomic
def application_pass_check(
    *, application: AdmissionApplication, by: Actor, note: str = "", version: int | None = None
) -> AdmissionApplication:
    """审查通过: the streets and the communities that the lot names are asked. Raises Conflict when it is not sound."""
    require(by, "application.check", application)
    if problems := formal_problems(application):
        raise Conflict(f"形式审查未通过：{next(iter(problems.values()))}")
    application = APPLICATION_FLOW.fire(application, "pass_check", by=by, note=note, version=version)
    close_stages(application, Stage.CHECK)
    chosen = sample(application)
    streets = {row.street_id: row.unit_id for row in chosen}
    rows = [AdmissionOpinion(street_id=street, unit_id=unit) for street, unit in streets.items()]
    rows += [AdmissionOpinion(street_id=row.street_id, unit_id=row.unit_id, community=row) for row in chosen]
    for row in rows:
        row.application, row.is_synthetic = application, application.is_synthetic
    AdmissionOpinion.objects.bulk_create(rows)
    application.consult_ends_at = open_stage(application, Stage.CONSULT).due_at
    application.save(update_fields=["consult_ends_at"])
    return application


@transaction.atomic
def opinion_give(*, opinion: AdmissionOpinion, by: Actor, stand: str, words: str = "") -> AdmissionOpinion:
    """A street or community answers; it may change its answer until the consultation ends. Disagreeing needs words."""
    require(by, "application.opine", opinion)
    if opinion.community_id is None and not any(
        post.street_id == opinion.street_id and not post.community_id for post in by.posts
    ):
        raise Forbidden("这是街道的意见，由街道答复。")
    if opinion.community_id and all(post.community_id != opinion.community_id for post in by.posts):
        raise Forbidden("这是社区（村）的意见，由社区（村）答复，街道不代答。")
    if stand not in Stand.values:
        raise Invalid(stand="请选择同意或不同意。")
    if stand == Stand.DISAGREE and not words.strip():
        raise Invalid(words="不同意请写一句理由。")
    application = lock(opinion.application)
    if application.status != ApplicationStatus.CONSULTING:
        raise Conflict("征求意见已经结束。")
    opinion.stand, opinion.words, opinion.answered_at = stand, words.strip(), clock.now()
    opinion.save(update_fields=["stand", "words", "answered_at"])
    audit.record(
        action="admissionopinion.give",
        label="答复征求意见",
        by=by,
        subject=opinion,
        thread=opinion.thread,
        data={"stand": stand},
    )
    if not application.opinions.filter(stand="").exists():
        application_conclude(application=application, by=SYSTEM)
    return opinion


@transaction.atomic
def application_conclude(
    *, application: AdmissionApplication, by: Actor, note: str = "", version: int | None = None
) -> AdmissionApplication:
    """To the joint review: everybody has answered, or the time for it is over."""
    application = APPLICATION_FLOW.fire(application, "conclude", by=by, note=note, version=version)
    close_stages(application, Stage.CONSULT)
    open_stage(application, Stage.REVIEW)
    return application


@transaction.atomic
def application_publish(
    *,
    application: AdmissionApplication,
    by: Actor,
    minutes_text: str,
    bodies: Iterable[str],
    version: int | None = None,
) -> AdmissionApplication:
    """评审通过: minutes and participants are kept, publicity begins."""
    problems = {}
    if not minutes_text.strip():
        problems["minutes_text"] = "请填写会议纪要。"
    if not list(bodies):
        problems["bodies"] = "请选择参加评审的单位。"
    if problems:
        raise Invalid(**problems)
    changes = {"minutes_text": minutes_text.strip(), "bodies": list(bodies), "reviewed_on": clock.today()}
    application = APPLICATION_FLOW.fire(application, "publish", by=by, version=version, changes=changes)
    close_stages(application, Stage.REVIEW)
    application.publicity_ends_at = open_stage(application, Stage.PUBLICITY).due_at
    application.save(update_fields=["publicity_ends_at"])
    tell(application, "进入公示", f"公示到 {application.publicity_ends_at:%Y-%m-%d} 为止，期满后批准印发。")
    return application


@transaction.atomic
def application_approve(
    *, application: AdmissionApplication, by: Actor, note: str = "", version: int | None = None
) -> AdmissionApplication:
    """批准印发: an item with the next number of the list in force. Raises Conflict before the publicity has ended."""
    require(by, "application.approve", application)
    row = lock(application)
    item = None
    if row.status == ApplicationStatus.PUBLICITY and not _still_published(row):
        item = _admit(row, max(row.start_on or clock.today(), clock.today()), row.end_on)
    changes = {"item": item, "decided_at": clock.now(), "decision_note": note}
    application = APPLICATION_FLOW.fire(row, "approve", by=by, note=note, version=version, changes=changes)
    close_stages(application, Stage.PUBLICITY)
    tell(application, "已批准准入", f"准入号 {item.code}，自 {item.valid_from} 起生效。")
    return application


def _still_published(application: AdmissionApplication) -> bool:
    return application.publicity_ends_at is not None and clock.now() < application.publicity_ends_at


def _admit(application: AdmissionApplication, start, end, *, emergency: bool = False) -> AdmissionItem:
    """Write the item into the list in force and end the one that it takes in."""
    catalogue = (
        Catalogue.objects.select_for_update().filter(place=application.place, status=CatalogueStatus.IN_FORCE).first()
    )
    if catalogue is None:
        raise Conflict(f"没有现行的{application.get_place_display()}准入清单，请先印发清单。")
    merged = application.merges
    times, yearly = application.times_a_year, application.funded_fen
    each = yearly // (times * application.communities) if times and application.communities else 0
    item = AdmissionItem.objects.create(
        catalogue=catalogue, code=next_code(catalogue), place=application.place, unit_id=application.unit_id,
        name=application.name, klass=application.klass, form=application.form, department_id=application.department_id,
        basis_document=application.basis_document, basis_article=application.basis_article, basis_mark=application.basis_mark,
        handling=application.handling, frequency_cap=times, minutes=application.minutes, information=application.information,
        fund_per_time_fen=each, fund_source=application.fund_source, term=Term.TEMPORARY if emergency else application.term,
        valid_from=start, valid_to=end, merged_from=[merged.code] if merged else [], is_emergency=emergency, is_example=False,
        is_synthetic=application.is_synthetic,
    )  # fmt: skip
    if merged and not emergency:
        _end(merged, start)
    return item


def _end(item: AdmissionItem, day) -> None:
    """An item admits nothing from ``day`` on, unless it ended earlier."""
    item = AdmissionItem.objects.select_for_update().get(pk=item.pk)
    if day <= item.valid_from:
        raise Conflict(f"要合并的事项 {item.code} 自 {item.valid_from} 才生效，请调整生效日期。")
    if item.valid_to is None or item.valid_to > day:
        item.valid_to = day
        item.save(update_fields=["valid_to"])


@transaction.atomic
def application_refuse(
    *, application: AdmissionApplication, by: Actor, note: str, version: int | None = None
) -> AdmissionApplication:
    """不予准入, with reasons."""
    changes = {"decided_at": clock.now(), "decision_note": note}
    application = APPLICATION_FLOW.fire(application, "refuse", by=by, note=note, version=version, changes=changes)
    close_stages(application)
    tell(application, "不予准入", f"理由：{note}。可申请复核一次。")
    return application


@transaction.atomic
def application_reopen(
    *, application: AdmissionApplication, by: Actor, note: str, version: int | None = None
) -> AdmissionApplication:
    """The reconsideration finds that it is to be reviewed anew."""
    application = APPLICATION_FLOW.fire(application, "reopen", by=by, note=note, version=version)
    close_stages(application, Stage.REVIEW)
    open_stage(application, Stage.REVIEW)
    return application


@transaction.atomic
def application_declare(
    *, application: AdmissionApplication, by: Actor, note: str, version: int | None = None
) -> AdmissionApplication:
    """应急先行: in force at once; ends by itself after the rule's days at the latest (突发事件，先行后补)."""
    require(by, "application.declare", application)
    if not note.strip():
        raise Invalid(note="请写明突发事件和先行的理由。")
    if problems := formal_problems(application, emergency=True):
        raise Invalid(**problems)
    row = lock(application)
    last = clock.today() + timedelta(days=policy("admission.emergency_days"))
    item = None
    if row.status == ApplicationStatus.DRAFT:
        wanted = row.end_on if row.end_on and clock.today() < row.end_on else last
        item = _admit(row, clock.today(), min(wanted, last), emergency=True)
    changes = {"item": item, "submitted_at": clock.now(), "decided_at": clock.now()}
    application = APPLICATION_FLOW.fire(row, "declare", by=by, note=note, version=version, changes=changes)
    open_stage(application, Stage.EMERGENCY)
    return application


@transaction.atomic
def application_revoke(
    *, application: AdmissionApplication, by: Actor, note: str, version: int | None = None
) -> AdmissionApplication:
    """终止应急: the number admits nothing from tomorrow on."""
    application = APPLICATION_FLOW.fire(application, "revoke", by=by, note=note, version=version)
    _end(application.item, clock.today() + timedelta(days=1))
    close_stages(application, void=True)
    tell(application, "应急准入已终止", f"理由：{note}")
    return application


@transaction.atomic
def application_lapse(*, application: AdmissionApplication) -> AdmissionApplication:
    """期满失效, by the system: an emergency after its days, a correction that never came."""
    application = APPLICATION_FLOW.fire(application, "lapse", by=SYSTEM)
    if application.item_id:
        _end(application.item, max(clock.today(), application.item.valid_from + timedelta(days=1)))
    close_stages(application)
    tell(application, "已期满失效", "应急期限已到，或逾期未补正。需要继续的，请按程序申请。")
    return application


def emergencies_lapse(*, limit: int = 200) -> int:
    """Lapse the emergencies whose item has ended, oldest first. Returns how many; safe to run twice at once."""
    with transaction.atomic():
        rows = list(
            AdmissionApplication.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(status=ApplicationStatus.EMERGENCY, item__valid_to__lte=clock.today())
            .order_by("id")[:limit]
        )
        for row in rows:
            application_lapse(application=row)
    return len(rows)


def on_limit(deadline: Deadline, level: str) -> None:
    """What happens when a limit ends: the consultation closes, a correction lapses. Only the department is reminded."""
    application = AdmissionApplication.objects.select_related("department").get(pk=deadline.subject_id)
    if deadline.stage == Stage.CORRECT and level == Level.REMIND:
        tell(application, "补正即将到期", f"请在 {deadline.due_at:%Y-%m-%d} 前补正，逾期视为撤回。")
    if level != Level.YELLOW:
        return
    if deadline.stage == Stage.CONSULT and application.status == ApplicationStatus.CONSULTING:
        application_conclude(application=application, by=SYSTEM)
    ended = application.item_id and application.item.valid_to and application.item.valid_to <= clock.today()
    if deadline.stage == Stage.EMERGENCY and application.status == ApplicationStatus.EMERGENCY and ended:
        application_lapse(application=application)
    if deadline.stage == Stage.CORRECT and application.status == ApplicationStatus.CORRECTING:
        application_lapse(application=application)
