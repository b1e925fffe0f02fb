"""An application's way onto the list: written by the department, checked, asked about, reviewed, published, approved.

Limits are rows of the kernel's deadlines; what the clock decides (end of consultation, lapse) is done by ``on_limit``.
"""

from django.db import transaction

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.deadlines import Deadline, deadline_close, deadline_open
from governance.kernel.errors import Forbidden, Invalid, StaleVersion
from governance.kernel.numbering import next_number
from governance.kernel.permission import require
from governance.kernel.workflow import changed_since, lock
from governance.territory.models import Category, Department

from ..models import AdmissionApplication
from .checks import formal_problems
from .states import ApplicationStatus, Stage
from .workflow import APPLICATION_FLOW

SUBJECT = "admissionapplication"
FIELDS = (
    "place", "name", "klass", "form", "handling", "basis_document", "basis_article", "basis_mark", "necessity", "alternative",
    "times_a_year", "minutes", "communities", "information", "trial_scope", "funded_fen", "fund_number", "fund_source", "term",
    "start_on", "end_on", "form_code", "issuer", "approval_no", "form_valid_to", "city_approval_no", "merges",
)  # fmt: skip


def open_stage(application: AdmissionApplication, stage: str) -> Deadline:
    """Start a limit; nobody but the department is ever reminded."""
    rule = f"admission.{stage}_days"
    return deadline_open(subject_type=SUBJECT, subject_id=application.pk, stage=stage, rule_key=rule)


def close_stages(application: AdmissionApplication, *stages: str, void: bool = False) -> None:
    """End limits; all that run without any named."""
    deadline_close(subject_type=SUBJECT, subject_id=application.pk, stages=stages, void=void)


def _number(department: Department) -> str:
    series = f"ZR-{department.unit.code if department.unit_id else '2102'}-{clock.today():%Y}"
    return f"{series}-{next_number(series):04d}"


def _own(by: Actor, department: Department) -> None:
    """Only for one's own department."""
    require(by, "application.draft")
    if all(post.department_id != department.pk for post in by.posts):
        raise Forbidden("只能以本部门名义申请。")


def _known(content: dict) -> dict:
    unknown = set(content) - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown fields: {sorted(unknown)}")
    return content


def application_build(*, by: Actor, department: Department, **content) -> AdmissionApplication:
    """An application that is not stored: for checking what was typed."""
    return AdmissionApplication(
        department=department, unit_id=department.unit_id, created_by_id=by.user_id, **_known(content)
    )


@transaction.atomic
def application_draft(
    *, by: Actor, department: Department, is_synthetic: bool = False, **content
) -> AdmissionApplication:
    """起草: store a draft for one's own department; ``content`` are the fields of FIELDS. Raises Forbidden, Invalid."""
    _own(by, department)
    return _store(by, department, is_synthetic, content)


def _store(by: Actor, department: Department, is_synthetic: bool, content: dict, **more) -> AdmissionApplication:
    application = application_build(by=by, department=department, **content)
    application.number, application.is_synthetic = _number(department), is_synthetic
    for name, value in more.items():
        setattr(application, name, value)
    application.save()
    audit.record(
        action="admissionapplication.draft", label="起草", by=by, subject=application, to_status=application.status
    )
    return application


@transaction.atomic
def application_edit(
    *, application: AdmissionApplication, by: Actor, version: int | None = None, **content
) -> AdmissionApplication:
    """Change a draft or one that was returned for correction. Raises Invalid, Forbidden, StaleVersion."""
    require(by, "application.edit", application)
    application = lock(application)
    if application.status not in (ApplicationStatus.DRAFT, ApplicationStatus.CORRECTING):
        raise Invalid("只有草稿和退回补正的申请可以修改。")
    if version is not None and application.version != version:
        raise StaleVersion("页面打开后，这件申请已有新的进展，请核对后再提交。", changed_since(application, version))
    changed = [name for name, value in _known(content).items() if getattr(application, name) != value]
    for name in changed:
        setattr(application, name, content[name])
    application.version += 1
    application.save(update_fields=[*changed, "version"])
    audit.record(
        action="admissionapplication.edit", label="修改", by=by, subject=application,
        data={"fields": changed, "version": application.version},
    )  # fmt: skip
    return application


@transaction.atomic
def application_submit(
    *, application: AdmissionApplication, by: Actor, version: int | None = None
) -> AdmissionApplication:
    """提交: to the formal check. Raises Invalid with a reason for each field that keeps it from being sound."""
    require(by, "application.submit", application)
    if problems := formal_problems(application):
        raise Invalid(**problems)
    changes = {} if application.submitted_at else {"submitted_at": clock.now()}
    application = APPLICATION_FLOW.fire(application, "submit", by=by, version=version, changes=changes)
    close_stages(application, Stage.CORRECT)
    open_stage(application, Stage.CHECK)
    return application


@transaction.atomic
def application_return(
    *, application: AdmissionApplication, by: Actor, note: str, version: int | None = None
) -> AdmissionApplication:
    """退回补正, once: the department has the rule's working days, then it counts as withdrawn."""
    changes = {"corrections": application.corrections + 1}
    application = APPLICATION_FLOW.fire(application, "return", by=by, note=note, version=version, changes=changes)
    close_stages(application, Stage.CHECK)
    open_stage(application, Stage.CORRECT)
    return application


@transaction.atomic
def application_withdraw(
    *, application: AdmissionApplication, by: Actor, note: str = "", version: int | None = None
) -> AdmissionApplication:
    """The department takes it back."""
    application = APPLICATION_FLOW.fire(application, "withdraw", by=by, note=note, version=version)
    close_stages(application, void=True)
    return application


@transaction.atomic
def application_appeal(
    *, application: AdmissionApplication, by: Actor, note: str, version: int | None = None
) -> AdmissionApplication:
    """申请复核, once."""
    changes = {"appeals": application.appeals + 1}
    application = APPLICATION_FLOW.fire(application, "appeal", by=by, note=note, version=version, changes=changes)
    open_stage(application, Stage.REVIEW)
    return application


@transaction.atomic
def application_suggest(*, by: Actor, category: Category, department: Department, count: int) -> AdmissionApplication:
    """职责不清: make a draft for ``department`` out of a category that was reassigned again and again.

    The department completes it; nothing is decided by it. Raises Forbidden outside one's unit.
    """
    draft = AdmissionApplication(department=department, unit_id=department.unit_id)
    require(by, "application.suggest", draft)
    necessity = f"“{category.name}”的哨单因职责不清已被改派 {count} 次，请{department}按职责认定后申请准入或说明由部门自行办理。"
    content = {"name": f"{category.name}职责认定"[:120], "necessity": necessity}
    return _store(by, department, False, content, category=category)
