"""The transition tables of disclosure and question (domain-rules 10.1). Every cell is tested."""

from governance.kernel.workflow import Flow, Transition

from . import guards
from .states import DisclosureStatus as D
from .states import QuestionStatus as Q

DISCLOSURE_FLOW = Flow(
    D,
    initial=[D.DUE],
    transitions=[
        Transition("publish", "公布", (D.DUE, D.OVERDUE), D.PUBLISHED, "disclosure.publish", (guards.period_is_over,),
                   hint="数字全部取自总账，不用填写；公布后不能改动。", icon="eye"),
        Transition("lapse", "逾期", (D.DUE,), D.OVERDUE, "disclosure.lapse", (guards.is_late,),
                   hint="逾期后下一次拨付暂缓，公布后自动恢复。", tone="neutral", icon="alert"),
    ],
)  # fmt: skip

QUESTION_FLOW = Flow(
    Q,
    initial=[Q.ASKED],
    transitions=[
        Transition("answer", "答复并公开", (Q.ASKED,), Q.ANSWERED, "money_question.answer", needs_note=True,
                   hint="提问和答复一并在公开页显示，请不要写入个人信息。", icon="reply"),
        Transition("decline", "不予公开", (Q.ASKED,), Q.DECLINED, "money_question.answer", needs_note=True,
                   hint="与经费无关、涉及他人隐私或辱骂的，不公开；理由留存。", tone="neutral", icon="info"),
    ],
)  # fmt: skip
