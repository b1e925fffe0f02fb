"""Mails of collection. A department gets one when all answers are there, not one for each community; communities get none
besides the gate's single word, whatever is late (减负 B07, B08). The link in it opens the answers without an account.
"""

from django.conf import settings

from governance.kernel.actor import Actor
from governance.kernel.links import LINK_MARK, link_for
from governance.kernel.outbox import mail_enqueue

from .answering import SUBJECT
from .models import Asking, Form, FormField
from .selectors import missing_cells
from .states import WITH_ANSWERS, FormStatus


def on_answer(*, by: Actor, form: Form) -> None:
    """Nothing was left to ask: where the answers are, and what still has to come from its source."""
    _mail(form, "answer", "自动应答", "这张表人工填写 0 项，没有打扰任何社区。")


def on_summarise(*, by: Actor, form: Form) -> None:
    """The answers are complete: to the department, and to those whose own forms waited for the same answers."""
    _mail(form, "summarise", "答案已齐", f"需要填写的 {form.reached} 个社区已填报或免除，答案已汇总。")
    for other in _waiting(form):
        _mail(
            other,
            f"summarise:{form.pk}",
            "答案已齐",
            f"与“{form.title}”（{form.number}）共用的答案已经收齐，社区没有另填。",
        )


def on_reopen(*, by: Actor, form: Form, withdrawn: Form) -> None:
    """The form that it was joined to was withdrawn: no answers will come from there."""
    _mail(form, f"reopen:{withdrawn.pk}", "并入的表已撤回",
          f"“{withdrawn.title}”（{withdrawn.number}）已撤回，这张表退回起草，仍需要的可以重新下发。")  # fmt: skip


def _waiting(form: Form) -> list[Form]:
    """Forms that were joined to this one, and those that answered themselves while it was still collecting their fields."""
    joined = Form.objects.filter(joined_into=form, status=FormStatus.JOINED)
    shared = FormField.objects.filter(
        asked_before__gt=0, element__code__in=Asking.objects.filter(form=form).values("code")
    ).values("form_id")  # fmt: skip
    answered = Form.objects.filter(
        pk__in=shared, status=FormStatus.ANSWERED, dispatched_at__gte=form.dispatched_at,
        community_ids__overlap=form.community_ids,
    )  # fmt: skip
    return list((joined | answered).select_related("department").order_by("pk"))


def _mail(form: Form, key: str, subject: str, opening: str) -> None:
    department = form.department
    if not department.email:
        return
    text = (
        f"{opening}\n\n{form.number} {form.title}\n{form.fields_count} 个数据项，{form.communities} 个社区，"
        f"{_answers_text(form)}\n\n"
    ).replace("%%", "％％")  # what people wrote must not conjure up another form's link
    mail_enqueue(
        key=f"form:{form.pk}:{key}", thread=form.thread, to_address=department.email, to_name=department.short_name,
        subject=f"【{subject}】{form.title}", digestible=True,
        text=f"{text}{_where(form)}\n社区更正数据后，同一页面随之更新，不用另发表格。",
    )  # fmt: skip


def _where(form: Form) -> str:
    """The link to the answers; while there are none, the page for whoever has an account."""
    if form.status not in WITH_ANSWERS:
        return f"表格页面（需登录）：{settings.BASE_URL}{form.get_absolute_url()}"
    link = link_for(subject_type=SUBJECT, subject_id=form.pk, recipient=form.department.email)
    return f"查看和导出（不用登录，请勿转发）：{LINK_MARK.format(link.pk)}\n有账号的也可以登录查看：{settings.BASE_URL}{form.get_absolute_url()}"


def _answers_text(form: Form) -> str:
    """How many of the answers are there, in words."""
    missing = missing_cells(form)
    return f"另有 {missing} 格待源部门提供。" if missing else "答案齐全。"
