"""Projects: from the idea through 四议两公开 to the archive; their money moves with the steps."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Sum

from funding.ledger.codes import economic_codes
from funding.ledger.models import Account
from funding.ledger.money import yuan
from funding.ledger.services import account_for, journal_post, move
from funding.ledger.states import AccountKind, JournalKind
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid, StaleVersion
from governance.kernel.events import emit
from governance.kernel.files import file_store
from governance.kernel.numbering import next_number
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.kernel.workflow import changed_since
from governance.territory.models import Division

from ..checks import findings_renew, marks_of
from ..limits import limits_follow
from ..models import Acceptance, BudgetLine, Deliberation, Project, PublicNotice
from ..states import PROJECT_FUNDS, Notice, ProjectStatus, Step
from ..thresholds import deliberation_check
from ..workflow import PROJECT_FLOW

Lines = Sequence[tuple[str, str, int]]  # economic code, words, fen


@transaction.atomic
def project_draft(
    *, by: Actor, community: Division, fund: str, title: str, purpose: str, category: str, idea_from: str, lines: Lines,
    year: int | None = None, is_synthetic: bool = False,
) -> Project:  # fmt: skip
    """Write down an idea of residents with its budget. Raises Forbidden, Invalid (by field); 七不用 are findings, not refusals."""
    year = year or clock.today().year
    if fund not in PROJECT_FUNDS:
        raise Invalid(fund="项目只能用服务群众专项经费或村级专项经费。")
    project = Project(
        community=community, street_id=community.street_id, unit_id=community.unit_id, fund=fund, year=year, title=title.strip(),
        purpose=purpose.strip(), category=category, idea_from=idea_from.strip(), created_by_id=by.user_id,
        created_label=by.label[:120], created_at=clock.now(), is_synthetic=is_synthetic,
    )  # fmt: skip
    require(by, "project.draft", project)
    _words_check(project)
    project.number = f"XM-{community.code12[:9]}-{year}-{next_number(f'project:{community.code12[:9]}:{year}'):03d}"
    project.save()
    _budget(project, lines)
    audit.record(
        action="project.draft", label="居民提议", by=by, subject=project, thread=project.thread, to_status=project.status,
        data={"fen": project.budget_fen, "version": project.version},
    )  # fmt: skip
    return project


@transaction.atomic
def project_edit(
    *, project: Project, by: Actor, title: str, purpose: str, category: str, idea_from: str, lines: Lines,
    version: int | None = None,
) -> Project:  # fmt: skip
    """Change an idea that has not been deliberated upon. Raises Forbidden, Invalid, Conflict."""
    require(by, "project.draft", project)
    row = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if row.status != ProjectStatus.IDEA:
        raise Conflict("已经议事的项目不能再改；需要修改的，请撤回或由街道退回。")
    if version is not None and row.version != version:
        raise StaleVersion("页面打开后，这个项目已有新的修改，请核对后再提交。", changed_since(row, version))
    row.title, row.purpose, row.category, row.idea_from = title.strip(), purpose.strip(), category, idea_from.strip()
    _words_check(row)
    row.version += 1
    row.save()
    _budget(row, lines)
    audit.record(
        action="project.edit", label="修改", by=by, subject=row, thread=row.thread,
        data={"fen": row.budget_fen, "version": row.version},
    )  # fmt: skip
    return row


def _words_check(project: Project) -> None:
    found = {name: "请填写。" for name in ("title", "purpose", "idea_from") if not getattr(project, name)}
    if found:
        raise Invalid(**found)


def _budget(project: Project, lines: Lines) -> None:
    """Replace the budget and judge it by code and words."""
    if not lines:
        raise Invalid(lines="请至少填写一行预算。")
    if len({(code, words.strip()) for code, words, _ in lines}) < len(lines):
        raise Invalid(lines="同一科目同一用途只写一行。")
    for code, words, fen in lines:
        if code not in economic_codes():
            raise Invalid(lines=f"经济分类科目 {code} 不存在。")
        if not words.strip() or fen <= 0:
            raise Invalid(lines="每行预算都要有用途和金额。")
    spent = paid_fen(project)
    if sum(fen for _, _, fen in lines) < spent:
        raise Invalid(lines=f"已支付 {yuan(spent)} 元，变更后的预算不能少于已支付的金额。")
    project.lines.all().delete()
    BudgetLine.objects.bulk_create(
        [BudgetLine(project=project, economic_code=code, words=words.strip(), fen=fen) for code, words, fen in lines]
    )
    project.budget_fen = sum(fen for _, _, fen in lines)
    project.save(update_fields=["budget_fen"])
    texts = [project.title, project.purpose, *(words for _, words, _ in lines)]
    findings_renew(project, marks_of(project.fund, [code for code, _, _ in lines], texts), project=project)


@transaction.atomic
def deliberation_record(
    *, project: Project, by: Actor, step: str, held_on: date, eligible: int, present: int, people: str, agree: int,
    against: int = 0, abstain: int = 0, minutes: str, files: Sequence[tuple[str, bytes]] = (), version: int | None = None,
) -> Project:  # fmt: skip
    """Record one of the four meetings and take the project's step. Raises Invalid by field when the meeting could not decide."""
    if not minutes.strip():
        raise Invalid(minutes="请写会议记录：怎么议、结论是什么。")
    if not people.strip():
        raise Invalid(people="请写明到会人员。")
    if held_on > clock.today():
        raise Invalid(held_on="会议日期不能晚于今天。")
    before = project.deliberations.filter(round=project.round).order_by("-id").first()
    if before and held_on < before.held_on:
        raise Invalid(held_on=f"不能早于{before.get_step_display()}（{before.held_on:%Y-%m-%d}）。")
    deliberation_check(
        village_type=project.community.village_type, step=step, eligible=eligible, present=present, agree=agree,
        against=against, abstain=abstain,
    )  # fmt: skip
    data = {"eligible": eligible, "present": present, "agree": agree}
    row = PROJECT_FLOW.fire(project, step, by=by, version=version, note=minutes.strip()[:300], data=data)
    meeting = Deliberation.objects.create(
        project=row, round=row.round, step=step, held_on=held_on, eligible=eligible, present=present,
        people=people.strip(), agree=agree, against=against, abstain=abstain, minutes=minutes.strip(), by_label=by.label[:120], at=clock.now(),
    )  # fmt: skip
    for name, content in files:
        file_store(subject=meeting, thread=row.thread, name=name, content=content, by=by)
    return row


@transaction.atomic
def notice_open(
    *, project: Project, by: Actor, from_on: date, to_on: date, place: str, words: str = "", version: int | None = None
) -> Project:
    """公示: of the decision, or of the final account when the project was accepted; the latter gives back what is left.

    The days count from today on, whatever day is typed in. Raises Invalid when they are too few, Conflict in other states.
    """
    final = project.status == ProjectStatus.ACCEPTED
    days = policy("funding.final_notice_days" if final else "funding.decision_notice_days")
    today, decided = clock.today(), _decided_on(project, final)
    found = {}
    if not place.strip():
        found["place"] = "请写明公示地点与范围。"
    if from_on > today:
        found["from_on"] = "公示开始后再登记。"
    elif decided and from_on < decided:
        found["from_on"] = f"不能早于{'验收' if final else '决议'}（{decided:%Y-%m-%d}）。"
    if to_on < (first := today + timedelta(days=days)):
        found["to_on"] = f"公示不少于 {days} 天，从登记之日起算，请填 {first:%Y-%m-%d} 或以后。"
    if found:
        raise Invalid(**found)
    data = {"from": str(from_on), "to": str(to_on), "place": place.strip()}
    row = PROJECT_FLOW.fire(project, "announce" if final else "publish", by=by, version=version, data=data)
    PublicNotice.objects.create(
        project=row, round=row.round, kind=Notice.FINAL if final else Notice.DECISION, from_on=from_on, to_on=to_on,
        place=place.strip(), words=words.strip(), by_label=by.label[:120], at=clock.now(),
    )  # fmt: skip
    if final:
        _release(row, by)
    return row


def _decided_on(project: Project, final: bool) -> date | None:
    """The day of what is being published: the last meeting, or the acceptance."""
    rows = project.acceptances.all() if final else project.deliberations.filter(round=project.round)
    return rows.order_by("-id").values_list("held_on", flat=True).first()


@transaction.atomic
def notice_extend(*, project: Project, by: Actor, to_on: date, words: str = "", version: int | None = None) -> Project:
    """Let a publication hang longer, or write down what residents said and what they were answered. Raises Invalid, Conflict."""
    row = PROJECT_FLOW.fire(
        project, "extend", by=by, version=version, note=words.strip()[:300], data={"to": str(to_on)}
    )
    kind = Notice.FINAL if row.status == ProjectStatus.FINAL else Notice.DECISION
    before = row.notices.filter(kind=kind, round=row.round).order_by("-id").first()
    if before is None:
        raise Conflict("还没有公示记录。")
    if to_on < before.to_on:
        raise Invalid(to_on=f"公示只能延长：原定到 {before.to_on:%Y-%m-%d}。")
    if to_on == before.to_on and not words.strip():
        raise Invalid(words="请写居民意见与答复，或延长公示。")
    PublicNotice.objects.create(
        project=row, round=row.round, kind=kind, from_on=before.from_on, to_on=to_on, place=before.place,
        words=words.strip(), by_label=by.label[:120], at=clock.now(),
    )  # fmt: skip
    return row


@transaction.atomic
def acceptance_record(
    *, project: Project, by: Actor, held_on: date, people: str, asked: int, satisfied: int, passed: bool, words: str,
    files: Sequence[tuple[str, bytes]] = (), version: int | None = None,
) -> Project:  # fmt: skip
    """Record what residents found; passed closes the works, not passed counts a rework. Raises Invalid, Conflict."""
    found = {}
    if not people.strip():
        found["people"] = "请写明参加验收的居民代表。"
    if asked < 1 or satisfied > asked:
        found["satisfied"] = "满意人数不能多于参加评议的人数。"
    if held_on > clock.today():
        found["held_on"] = "验收日期不能晚于今天。"
    if not words.strip():
        found["words"] = "请写验收意见。"
    if found:
        raise Invalid(**found)
    meeting = Acceptance.objects.create(
        project=project, held_on=held_on, people=people.strip(), asked=asked, satisfied=satisfied, passed=passed,
        words=words.strip(), by_label=by.label[:120], at=clock.now(),
    )  # fmt: skip
    for name, content in files:
        file_store(subject=meeting, thread=project.thread, name=name, content=content, by=by)
    changes = {} if passed else {"rework_count": project.rework_count + 1}
    return PROJECT_FLOW.fire(
        project, "accept" if passed else "rework", by=by, version=version, note=words.strip()[:300], changes=changes
    )


@transaction.atomic
def project_step(*, project: Project, action: str, by: Actor, note: str = "", version: int | None = None) -> Project:
    """submit, review, return, file, change, archive, withdraw, terminate, reject. Filing brings the money. Raises DomainError."""
    changes = {}
    if action == "file":
        changes = {"filed_at": clock.now()}
    elif action in ("archive", "withdraw", "terminate", "reject"):
        changes = {"closed_at": clock.now()}
    elif action in ("return", "change"):
        changes = {"round": project.round + 1}
    row = PROJECT_FLOW.fire(project, action, by=by, note=note, version=version, changes=changes)
    if action == "file":
        _allot(row, by)
    if action in ("terminate", "change"):
        _release(row, by)
    limits_follow(row)
    emit(f"project.{action}", project=row, by=by, note=note)
    return row


def _allot(project: Project, by: Actor) -> None:
    """The budget goes to the project; after a change only what has not been paid out of it yet."""
    fen = project.budget_fen - paid_fen(project)
    if fen:
        journal_post(
            by=by, kind=JournalKind.ALLOT, memo=f"下达项目额度：{project.title}", legs=move(purse(project), allotment(project), fen),
            document=project, key=f"project:{project.pk}:allot:{project.round}", is_synthetic=project.is_synthetic,
        )  # fmt: skip


def paid_fen(project: Project) -> int:
    """What payees have got from it, by the books."""
    if not project.number:
        return 0
    rows = Account.objects.filter(project=project.number, kind=AccountKind.PAID)
    return rows.aggregate(fen=Sum("balance_fen", default=0))["fen"]


def purse(project: Project) -> Account:
    """The community's available money of the project's fund and year."""
    return account_for(kind=AccountKind.AVAILABLE, fund=project.fund, year=project.year, community=project.community)


def allotment(project: Project) -> Account:
    """What the project still has."""
    return account_for(
        kind=AccountKind.PROJECT,
        fund=project.fund,
        year=project.year,
        community=project.community,
        project=project.number,
    )


def _release(project: Project, by: Actor) -> None:
    """What is left goes back to the community."""
    account = allotment(project)
    account.refresh_from_db()
    if account.balance_fen:
        journal_post(
            by=by, kind=JournalKind.RELEASE, memo=f"项目结余收回：{project.title}",
            legs=move(account, purse(project), account.balance_fen), document=project, key=f"project:{project.pk}:release:{project.version}",
            is_synthetic=project.is_synthetic,
        )  # fmt: skip


STEPS = tuple(Step.values)
