"""How a dispatched form goes on: quota granted, summary, withdrawal, retirement. The sweep is safe to run twice at once."""

from django.db import transaction

from communities.admission.gate.services import demand_withdraw
from communities.admission.models import Demand, DemandTarget, Refusal
from communities.admission.states import DemandStatus, TargetStatus
from governance.kernel import clock
from governance.kernel.actor import SYSTEM, Actor
from governance.kernel.errors import Invalid
from governance.kernel.events import emit
from governance.kernel.links import links_revoke
from governance.kernel.workflow import lock

from ..models import Asking, Form
from ..states import OPEN_FORMS, FormStatus
from ..workflow import FORM_FLOW

RETIRING = (*OPEN_FORMS, FormStatus.SUMMARISED, FormStatus.ANSWERED)
BATCH = 50


@transaction.atomic
def form_summarise(*, form: Form, by: Actor, version: int | None = None) -> Form:
    """Stop waiting: what is answered is the summary, open communities are released."""
    _hold(form)
    done = FORM_FLOW.fire(form, "summarise", by=by, version=version)
    _let_go(done, "表格已汇总")
    emit("form.summarise", by=by, form=done)
    return done


@transaction.atomic
def form_withdraw(*, form: Form, by: Actor, note: str, version: int | None = None) -> Form:
    """Take a form back; nobody has to fill it in any more, its fields may be asked by another, who joined it may ask again."""
    _hold(form)
    withdrawn = FORM_FLOW.fire(form, "withdraw", by=by, note=note, version=version)
    _let_go(withdrawn, note)
    links_revoke(subject_type="form", subject_id=withdrawn.pk)
    for other in Form.objects.filter(joined_into=withdrawn, status=FormStatus.JOINED).order_by("pk"):
        changes = {"joined_into": None, "dispatched_at": None, "cells": 0}
        again = FORM_FLOW.fire(other, "reopen", by=SYSTEM, note=f"{withdrawn.number} 已撤回", changes=changes)
        links_revoke(subject_type="form", subject_id=again.pk)
        emit("form.reopen", by=SYSTEM, form=again, withdrawn=withdrawn)
    return withdrawn


def _hold(form: Form) -> None:
    """The demand is locked before its form, whichever door one comes through."""
    if form.demand_id:
        lock(form.demand)


def _let_go(form: Form, note: str) -> None:
    """Withdraw what is left of the demand and free the fields that nobody answered."""
    Asking.objects.filter(form=form, fact=None, released=False).update(released=True)
    demand = Demand.objects.filter(pk=form.demand_id).first()
    if demand and demand.status in (DemandStatus.SENT, DemandStatus.PENDING_APPROVAL):
        demand_withdraw(demand=demand, by=SYSTEM, note=note)


def forms_sweep() -> int:
    """Summarise forms whose demand has ended and retire those past their validity. Returns how many moved."""
    ended = Form.objects.filter(
        status=FormStatus.COLLECTING, demand__status__in=[DemandStatus.CLOSED, DemandStatus.WITHDRAWN]
    )  # fmt: skip
    late = Form.objects.filter(status__in=RETIRING, valid_to__lt=clock.today())
    moved = sum(_step(pk, "summarise") for pk in ended.values_list("pk", flat=True)[:BATCH])
    return moved + sum(_step(pk, "retire") for pk in late.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _step(pk: int, name: str) -> int:
    """One form's step by the system; skips what is locked or has moved meanwhile."""
    found = Form.objects.filter(pk=pk).select_related("demand").first()
    if found and found.demand_id:
        Demand.objects.select_for_update(skip_locked=True).filter(pk=found.demand_id).first()
    form = Form.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if form is None or form.status not in FORM_FLOW.transitions[name].sources:
        return 0
    moved = FORM_FLOW.fire(form, name, by=SYSTEM)
    _let_go(moved, "表格有效期已过" if name == "retire" else "表格已汇总")
    emit(f"form.{name}", by=SYSTEM, form=moved)
    return 1


def on_demand_sent(*, by: Actor, demand: Demand) -> None:
    """The quota was granted: the form reaches its communities."""
    if form := Form.objects.filter(demand=demand, status=FormStatus.WAITING).first():
        FORM_FLOW.fire(form, "release", by=SYSTEM)


def on_demand_ended(*, by: Actor, demand: Demand) -> None:
    """The demand was withdrawn or not approved by its own door: the form goes with it."""
    if form := Form.objects.filter(demand=demand, status__in=OPEN_FORMS).first():
        form_withdraw(form=form, by=SYSTEM, note=demand.decision or "要求已撤回")


def on_target_complete(*, by: Actor, target: DemandTarget) -> None:
    """A form is done when its fields are filled in, through whichever door. Raises Invalid otherwise."""
    open_fields = Asking.objects.filter(
        form__demand=target.demand_id, community_id=target.community_id, is_required=True, fact=None, released=False
    )  # fmt: skip
    if names := list(open_fields.values_list("element__name", flat=True)[:5]):
        raise Invalid(result=f"这是一张表，请先在表里填写：{'、'.join(names)}。")


def on_refusal_ended(*, by: Actor, refusal: Refusal) -> None:
    """A community need not fill it in: its fields may be asked by another form."""
    target = DemandTarget.objects.get(pk=refusal.target_id)
    if target.status == TargetStatus.RELEASED:
        Asking.objects.filter(
            form__demand=target.demand_id, community_id=target.community_id, fact=None, released=False
        ).update(released=True)  # fmt: skip


def form_settle(form: Form) -> None:
    """Summarise when the last community is done; inside the caller's transaction."""
    if Demand.objects.filter(pk=form.demand_id, status=DemandStatus.CLOSED).exists():
        row = Form.objects.get(pk=form.pk)
        if row.status == FormStatus.COLLECTING:
            emit("form.summarise", by=SYSTEM, form=FORM_FLOW.fire(row, "summarise", by=SYSTEM))
