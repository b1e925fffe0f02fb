"""The transition table of a form (domain-rules 5.4). Every cell is tested."""

from governance.kernel.workflow import Flow, Transition

from .states import FormStatus as S

FORM_FLOW = Flow(
    S,
    initial=[S.DRAFT],
    transitions=[
        Transition("submit", "报请审批", (S.DRAFT,), S.PENDING, "form.submit",
                   hint="只有超过人工填写项、用时或频次上限的表需要审批。", icon="send"),
        Transition("approve", "同意超限", (S.PENDING,), S.APPROVED, "form.approve",
                   needs_note=True, hint="理由随表公开，部门可以下发。", icon="check"),
        Transition("decline", "不同意", (S.PENDING,), S.DRAFT, "form.approve",
                   needs_note=True, hint="退回部门删减填写项，不会到达社区。", tone="neutral", icon="reply"),
        Transition("dispatch", "下发", (S.DRAFT, S.APPROVED), None, "form.dispatch",
                   hint="已有的字段自动剔除；一项也不剩的，系统当场应答。", icon="send",
                   targets=(S.COLLECTING, S.WAITING, S.ANSWERED)),
        Transition("release", "额度获批", (S.WAITING,), S.COLLECTING, "form.release", hint="增负说明获准，表到达社区。", icon="check"),
        Transition("join", "并入", (S.DRAFT, S.APPROVED), S.JOINED, "form.join",
                   hint="与正在填报的表合并，社区不再多填一张。", tone="neutral", icon="repeat"),
        Transition("reopen", "退回起草", (S.JOINED,), S.DRAFT, "form.reopen",
                   hint="并入的表已撤回，这张表可以另行下发。", tone="neutral", icon="reply"),
        Transition("summarise", "汇总", (S.COLLECTING,), S.SUMMARISED, "form.summarise",
                   hint="不再等未填的社区；表到期自动退役。", icon="chart"),
        Transition("withdraw", "撤回", (S.DRAFT, S.PENDING, S.APPROVED, S.WAITING, S.COLLECTING), S.WITHDRAWN, "form.withdraw",
                   needs_note=True, hint="未填的社区随即免除。", tone="neutral", icon="reply"),
        Transition("retire", "退役", (S.WAITING, S.COLLECTING, S.SUMMARISED, S.ANSWERED), S.RETIRED, "form.retire",
                   hint="有效期已过，自动下线。", icon="archive"),
    ],
)  # fmt: skip
