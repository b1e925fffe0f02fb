"""Dispatch (domain-rules 5.4, 18.5): marks, strip, merge, limits, then the gate; a form with nothing left answers itself."""

from calendar import monthrange
from datetime import date

from django.db import IntegrityError, transaction

from communities.admission.gate.services import demand_send
from communities.admission.models import Demand
from communities.admission.states import DemandStatus
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, DomainError, IllegalTransition, Invalid
from governance.kernel.events import emit
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.kernel.workflow import lock

from ..errors import MustJoin, Refusable
from ..lint import item_problem, lint, marks_of, missing_marks, needs_approval
from ..merging import alike
from ..models import Asking, Form, FormField
from ..states import FormStatus, Reason
from ..stripping import Plan
from ..workflow import FORM_FLOW
from .forms import FormInput, form_draft, form_submit, plan_for
from .takings import form_take


@transaction.atomic
def form_dispatch(
    *, form: Form, by: Actor, due_on: date | None = None, funded_fen: int = 0, fund_number: str = "",
    over_quota_reason: str = "", version: int | None = None,
) -> Form:  # fmt: skip
    """Dispatch a form: known fields go, what is left passes the gate; with nothing left it answers itself at once.

    Ends in 填报中, 额度待批 (over the department's yearly minutes) or 自动应答 (0 minutes, no community hears of it). Money is
    in fen. Raises Refusable (422: a mark is missing), MustJoin (409: another open form asks nearly the same), Invalid
    (limits that need approval; everything the gate refuses), Forbidden, IllegalTransition, StaleVersion, Conflict.
    """
    row = lock(form)
    require(by, "form.dispatch", row)
    if row.status not in FORM_FLOW.transitions["dispatch"].sources:
        raise IllegalTransition(f"“{row.get_status_display()}”状态下不能下发。")
    _refuse_unmarked(row)
    plan, required = plan_for(row)
    if plan.manual or plan.pending:
        _refuse_unmerged(row, plan)
    if not plan.manual:
        return _answer(row, by, plan, version)
    if row.approved_at is None and (over := needs_approval(lint(form=row, plan=plan, required=required))):
        raise Invalid(f"{''.join(over)}请删减填写项，或先报请审批。")
    if (due_on := due_on or row.due_on) is None:
        raise Invalid(due_on="请填写完成日期。")
    demand = _send(row, by, plan, due_on, funded_fen, fund_number, over_quota_reason)
    waits = demand.status == DemandStatus.PENDING_APPROVAL
    sent = FORM_FLOW.fire(
        row, "dispatch", by=by, version=version, target=FormStatus.WAITING if waits else FormStatus.COLLECTING,
        changes=_counted(plan) | {"demand": demand, "due_on": due_on, "cap": policy("redline.manual_fields")},
        data={"manual": len(plan.manual), "stripped": plan.cells - plan.asked_cells, "reached": len(plan.reached)},
    )  # fmt: skip
    _keep(sent, plan)
    _ask(sent, plan, required)
    emit("form.dispatch", by=by, form=sent)
    return sent


def _refuse_unmarked(form: Form) -> None:
    if found := missing_marks(form):
        raise Refusable(**found)
    if problem := item_problem(form):
        raise (Invalid if form.item.is_in_force() else Refusable)(item=problem)


def _refuse_unmerged(form: Form, plan: Plan) -> None:
    """相似度 ≥ 60 % 必并: the community is asked once, whoever asks."""
    codes = {row.code for row in plan.elements}
    if found := alike(codes=codes, community_ids=form.community_ids, but=form.pk):
        other = found[0].form
        raise MustJoin(
            f"与{other.department.short_name}正在填报的“{other.title}”（{other.number}）相同 {found[0].percent}%，请并入该表，不再另发。",
            other,
        )


def _send(form: Form, by: Actor, plan: Plan, due_on, funded_fen, fund_number, over_quota_reason) -> Demand:
    names = "、".join(row.name for row in plan.manual)
    return demand_send(
        by=by, department=form.department, item=form.item, communities=plan.reached, title=form.title,
        content=f"{form.purpose}\n\n需要填写 {len(plan.manual)} 项：{names}。其余已由系统预填，核对即可。"[:4000],
        due_on=due_on, fields=plan.kinds, marks=marks_of(form), funded_fen=funded_fen, fund_number=fund_number,
        over_quota_reason=over_quota_reason,
    )  # fmt: skip


def _answer(form: Form, by: Actor, plan: Plan, version: int | None) -> Form:
    """Nothing is left to ask: the answers are there already (零填报)."""
    answered = FORM_FLOW.fire(
        form, "dispatch", by=by, version=version, target=FormStatus.ANSWERED, changes=_counted(plan) | {"minutes": 0},
        data={"manual": 0, "stripped": plan.cells, "reached": 0},
    )  # fmt: skip
    _keep(answered, plan)
    form_take(by=by, form=answered, elements=plan.elements, communities=plan.communities)
    emit("form.answer", by=by, form=answered)
    return answered


def _counted(plan: Plan) -> dict:
    return {
        "cells": plan.cells, "asked_cells": plan.asked_cells, "manual_count": len(plan.manual), "minutes": plan.minutes,
        "minutes_before": plan.minutes_before, "reached": len(plan.reached), "dispatched_at": clock.now(),
    }  # fmt: skip


def _keep(form: Form, plan: Plan) -> None:
    """Write down what was taken off and why, as counts by field."""
    fields = list(FormField.objects.filter(form=form).select_related("element"))
    for row in fields:
        count = plan.counts[row.element.code]
        row.known, row.automatic = count[Reason.KNOWN], count[Reason.AUTOMATIC]
        row.asked_before, row.manual = count[Reason.ASKED], count[Reason.MANUAL]
    FormField.objects.bulk_update(fields, ["known", "automatic", "asked_before", "manual"])


def _ask(form: Form, plan: Plan, required: frozenset[str]) -> None:
    """One row for each field that a community must type in; the database refuses a second within twelve months."""
    today, months = clock.today(), policy("collection.by_hand_months")
    until = months_after(today, months)
    try:
        with transaction.atomic():
            Asking.objects.bulk_create(
                [
                    Asking(
                        form=form, element=element, code=element.code, community=place, street_id=place.street_id,
                        unit_id=place.unit_id, is_required=element.code in required, asked_on=today, until=until,
                        is_synthetic=form.is_synthetic,
                    )
                    for element, place in plan.asked
                ],
                batch_size=1000,
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict("其中的字段刚刚由另一张表采集，没有下发。请刷新后重试，已有的会自动剔除。") from error


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last of the month where there is no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@transaction.atomic
def form_join(*, form: Form, into: Form, by: Actor, version: int | None = None) -> Form:
    """Give a form up for one that is being filled in already; its department reads the answers there and here. What the
    other does not ask (its own communities, its own fields) is asked at once by short forms of their own, ``joined.rests``;
    one that exceeds a limit goes to who approves, one that may not go out yet (a mark, the quota, no due date) stays a draft
    whose history says why.

    Raises Invalid unless ``into`` is open and similar enough, Forbidden, IllegalTransition.
    """
    require(by, "form.join", form)
    into = lock(into)  # so that it is not withdrawn meanwhile
    codes = set(FormField.objects.filter(form=form).values_list("element__code", flat=True))
    found = {pair.form.pk: pair for pair in alike(codes=codes, community_ids=form.community_ids, but=form.pk)}
    if into.pk not in found:
        raise Invalid("只能并入正在填报、相似度达到合并标准的表。")
    plan, required = plan_for(form)
    changes = {
        "joined_into": into, "dispatched_at": clock.now(), "minutes_before": plan.minutes_before, "minutes": 0,
        "cells": plan.cells, "asked_cells": 0, "manual_count": 0,
    }  # fmt: skip
    joined = FORM_FLOW.fire(form, "join", by=by, version=version, changes=changes, data={"into": into.number})
    for same_places in (False, True):
        if rest := _rest(joined, into, plan, required, by, same_places=same_places):
            _send_rest(rest, by)
    emit("form.join", by=by, form=joined)
    return joined


def _send_rest(rest: Form, by: Actor) -> None:
    refusals = []
    for step in (form_dispatch, form_submit):
        try:
            step(form=rest, by=by)
        except DomainError as refusal:
            refusals.append(str(refusal))
        else:
            return
    audit.record(action="form.keep", label="暂未下发", by=by, subject=rest, thread=rest.thread, note=refusals[0])


def _rest(
    joined: Form, into: Form, plan: Plan, required: frozenset[str], by: Actor, *, same_places: bool
) -> Form | None:  # fmt: skip
    """What is left to ask of the places that ``into`` asks, or of the others: two drafts, so that neither must be joined again."""
    theirs = set(into.community_ids)
    cells = [(element, place) for element, place in plan.asked if (place.pk in theirs) is same_places]
    if not cells:
        return None
    codes, places = {element.code for element, _place in cells}, {place.pk for _element, place in cells}
    rest = form_draft(by=by, department=joined.department, content=FormInput(
        title=f"{joined.title[:94]}（其余）", purpose=joined.purpose,
        elements=tuple(row for row in plan.elements if row.code in codes),
        communities=tuple(row for row in plan.communities if row.pk in places), item=joined.item, form_code=joined.form_code,
        issuer=joined.issuer, approval_no=joined.approval_no, valid_to=joined.valid_to, due_on=joined.due_on, required=required,
    ))  # fmt: skip
    rest.rest_of = joined
    rest.save(update_fields=["rest_of"])
    return rest
