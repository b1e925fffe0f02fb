"""The transition tables of demand, community target and refusal (domain-rules 2.3, 18.5). Every cell is tested."""

from governance.kernel.workflow import Flow, Transition

from .states import DemandStatus as D
from .states import RefusalStatus as R
from .states import TargetStatus as T

DEMAND_FLOW = Flow(
    D,
    initial=[D.PENDING_APPROVAL, D.SENT],
    transitions=[
        Transition("approve", "同意增负", (D.PENDING_APPROVAL,), D.SENT, "demand.approve",
                   needs_note=True, hint="额度之外的要求随即下达到社区，理由公开。", icon="check"),
        Transition("decline", "不同意增负", (D.PENDING_APPROVAL,), D.DECLINED, "demand.approve",
                   needs_note=True, hint="要求不会到达社区。", tone="neutral", icon="info"),
        Transition("withdraw", "撤回", (D.PENDING_APPROVAL, D.SENT), D.WITHDRAWN, "demand.withdraw",
                   needs_note=True, hint="未完成的社区随即免除，额度退回。", tone="neutral", icon="reply"),
        Transition("close", "结束", (D.SENT,), D.CLOSED, "demand.close", hint="全部社区都已完成或免除。", icon="check"),
    ],
)  # fmt: skip

TARGET_FLOW = Flow(
    T,
    initial=[T.OPEN],
    transitions=[
        Transition("complete", "完成", (T.OPEN,), T.DONE, "target.complete", hint="写一句结果即可，不要求照片。", icon="check"),
        Transition("refuse", "依规拒收", (T.OPEN,), T.REFUSED, "target.refuse",
                   hint="法规依据自动填好；向上只显示街道，不显示社区。", tone="neutral", icon="shield"),
        Transition("resume", "恢复办理", (T.REFUSED,), T.OPEN, "target.resume", hint="部门已修改，或拒收不成立。", icon="repeat"),
        Transition("release", "免除", (T.OPEN, T.REFUSED), T.RELEASED, "target.release", hint="要求已撤回或拒收成立。", icon="info"),
    ],
)  # fmt: skip

REFUSAL_FLOW = Flow(
    R,
    initial=[R.FILED],
    transitions=[
        Transition("withdraw", "撤回要求", (R.FILED, R.IN_RULING), R.WITHDRAWN, "refusal.answer",
                   hint="这个社区随即免除，额度退回。", icon="reply"),
        Transition("amend", "修改要求", (R.FILED,), R.AMENDED, "refusal.answer",
                   needs_note=True, hint="写明改了什么，社区按修改后的要求办理。", tone="neutral", icon="edit"),
        Transition("contest", "申请裁决", (R.FILED,), R.IN_RULING, "refusal.answer",
                   needs_note=True, hint="由区级裁决组裁决，裁决前社区不必办理。", tone="neutral", icon="scale"),
        Transition("uphold", "拒收成立", (R.IN_RULING,), R.UPHELD, "refusal.rule",
                   needs_note=True, hint="这个社区随即免除。", icon="shield"),
        Transition("overrule", "拒收不成立", (R.IN_RULING,), R.OVERRULED, "refusal.rule",
                   needs_note=True, hint="恢复办理；拒收不计负面。", tone="neutral", icon="info"),
    ],
)  # fmt: skip
