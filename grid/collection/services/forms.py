"""A form until it is dispatched: drafted of elements, marked, approved where it exceeds a limit."""

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

from django.db import transaction

from communities.admission.models import AdmissionItem
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import IllegalTransition, Invalid
from governance.kernel.numbering import next_number
from governance.kernel.permission import require
from governance.kernel.workflow import lock
from governance.territory.models import Department, Division

from ..lint import lint, needs_approval
from ..models import DataElement, Form, FormField
from ..shielding import closed_to
from ..states import FormStatus, Kind
from ..stripping import Plan, plan_of
from ..workflow import FORM_FLOW
from .facts import covers


@dataclass(frozen=True)
class FormInput:
    """What a department writes; marks and item may still be missing in a draft. ``required`` None: all but material."""

    title: str
    purpose: str
    elements: tuple[DataElement, ...]
    communities: tuple[Division, ...]
    item: AdmissionItem | None = None
    form_code: str = ""
    issuer: str = ""
    approval_no: str = ""
    valid_to: date | None = None
    due_on: date | None = None
    required: frozenset[str] | None = None


@transaction.atomic
def form_draft(*, by: Actor, department: Department, content: FormInput) -> Form:
    """Start a form. Raises Forbidden and Invalid (title, elements, communities)."""
    require(by, "form.draft", SimpleNamespace(department_id=department.pk))
    _check(department, content)
    today = clock.today()
    form = Form(
        number=f"BB-{today:%Y%m%d}-{next_number(f'form:{today:%Y%m%d}'):03d}", department=department,
        unit_id=department.unit_id, valid_from=today, created_by_id=by.user_id, created_at=clock.now(),
        is_synthetic=department.is_synthetic,
    )  # fmt: skip
    _write(form, content)
    form.save()
    _fields(form, content)
    audit.record(action="form.draft", label="起草", by=by, subject=form, thread=form.thread, to_status=form.status,
                 data={"fields": form.fields_count, "communities": form.communities})  # fmt: skip
    return form


@transaction.atomic
def form_edit(*, form: Form, by: Actor, content: FormInput, version: int | None = None) -> Form:
    """Change a draft. Raises Forbidden, Invalid, IllegalTransition, StaleVersion."""
    row = lock(form)
    require(by, "form.edit", row)
    if row.status != FormStatus.DRAFT:
        raise IllegalTransition("只有起草中的表可以修改。")
    if version is not None and row.version != version:
        raise IllegalTransition("页面打开后，这张表已有改动，请刷新后再改。")
    _check(row.department, content)
    _write(row, content)
    row.version += 1
    row.save()
    row.fields.all().delete()
    _fields(row, content)
    audit.record(action="form.edit", label="修改", by=by, subject=row, thread=row.thread,
                 data={"fields": row.fields_count, "version": row.version})  # fmt: skip
    return row


def _check(department: Department, content: FormInput) -> None:
    found = {}
    if not content.title.strip():
        found["title"] = "请填写表名。"
    if not content.elements:
        found["elements"] = "请至少选择一个数据项。"
    if closed := closed_to(content.elements, department):
        found["elements"] = f"{'、'.join(row.name for row in closed[:5])} 不予共享，不能列入表格。"
    if not content.communities:
        found["communities"] = "请选择至少一个社区（村）。"
    elif outside := [
        row.name for row in content.communities if row.level != "community" or not covers(department, row)
    ]:
        found["communities"] = f"{'、'.join(outside[:5])} 不在本部门管辖范围内。"
    if found:
        raise Invalid(**found)


def _write(form: Form, content: FormInput) -> None:
    form.title, form.purpose, form.item = content.title.strip(), content.purpose.strip(), content.item
    form.form_code, form.issuer = content.form_code.strip(), content.issuer.strip()
    form.approval_no, form.valid_to, form.due_on = content.approval_no.strip(), content.valid_to, content.due_on
    form.community_ids = [row.pk for row in content.communities]
    form.communities, form.fields_count = len(content.communities), len(content.elements)


def _fields(form: Form, content: FormInput) -> None:
    required = content.required
    FormField.objects.bulk_create(
        FormField(
            form=form, element=element, position=number,
            is_required=element.kind != Kind.FILE if required is None else element.code in required,
        )
        for number, element in enumerate(content.elements, 1)
    )  # fmt: skip


def plan_for(form: Form) -> tuple[Plan, frozenset[str]]:
    """What would be left of a stored form today, and which codes it wants answered. Four statements."""
    fields = list(FormField.objects.filter(form=form).select_related("element").order_by("position"))
    places = list(Division.objects.filter(pk__in=form.community_ids).order_by("code12"))
    plan = plan_of(elements=[row.element for row in fields], communities=places)
    return plan, frozenset(row.element.code for row in fields if row.is_required)


@transaction.atomic
def form_submit(*, form: Form, by: Actor, version: int | None = None) -> Form:
    """Ask for approval of what exceeds a limit. Raises Invalid when nothing does: such a form is simply dispatched."""
    plan, required = plan_for(form)
    over = needs_approval(lint(form=form, plan=plan, required=required))
    if not over:
        raise Invalid("没有超限的地方，不需要审批，可以直接下发。")
    changes = {"manual_count": len(plan.manual), "minutes": plan.minutes, "cells": plan.cells,
               "asked_cells": plan.asked_cells}  # fmt: skip
    return FORM_FLOW.fire(form, "submit", by=by, version=version, changes=changes, data={"over": over})


@transaction.atomic
def form_approve(*, form: Form, by: Actor, note: str, version: int | None = None) -> Form:
    """Let a form exceed the limits, with the reason for everybody to read."""
    changes = {"approved_at": clock.now(), "decision": note}
    return FORM_FLOW.fire(form, "approve", by=by, note=note, version=version, changes=changes)


@transaction.atomic
def form_decline(*, form: Form, by: Actor, note: str, version: int | None = None) -> Form:
    """Send it back to be shortened."""
    return FORM_FLOW.fire(form, "decline", by=by, note=note, version=version, changes={"decision": note})
