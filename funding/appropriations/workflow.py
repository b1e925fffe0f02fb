"""The transition tables of runs, batches and their lines (domain-rules 10.2). Every cell is tested."""

from governance.kernel.workflow import Flow, Transition

from . import guards
from .states import BatchStatus as B
from .states import LineStatus as L
from .states import RunStatus as R

RUN_FLOW = Flow(
    R,
    initial=[R.DRAFT],
    transitions=[
        Transition("submit", "提请批准", (R.DRAFT,), R.SUBMITTED, "entitlement.calculate", (guards.run_has_lines,),
                   hint="提交后金额不能再改；由另一人批准。", icon="send"),
        Transition("return", "退回重算", (R.SUBMITTED,), R.DRAFT, "entitlement.approve",
                   needs_note=True, hint="说明哪里不对，退回后可重新测算。", tone="neutral", icon="reply"),
        Transition("approve", "批准", (R.SUBMITTED,), R.APPROVED, "entitlement.approve",
                   (guards.run_by_another, guards.run_is_current, guards.run_still_adds_up), hint="测算人不能批准自己的测算。", icon="check"),
        Transition("appropriate", "下达", (R.APPROVED,), R.APPROPRIATED, "entitlement.appropriate",
                   hint="随即记账：财政安排到市级，市级分配到各区县。", icon="send"),
        Transition("close", "结清", (R.APPROPRIATED,), R.CLOSED, "entitlement.appropriate", (guards.year_is_over,),
                   hint="年度结束后归档。", tone="neutral", icon="archive"),
        Transition("void", "作废", (R.DRAFT,), R.VOID, "entitlement.calculate",
                   needs_note=True, hint="测算明细随即删除，编号保留。", tone="neutral", icon="info"),
    ],
)  # fmt: skip

BATCH_FLOW = Flow(
    B,
    initial=[B.DRAFT],
    transitions=[
        Transition("check", "复核通过", (B.DRAFT,), B.CHECKED, "disbursement.make",
                   (guards.batch_has_lines, guards.batch_is_covered, guards.within_the_grants, guards.nothing_held),
                   hint="核对收款账户与金额；暂缓的社区不在其中。", icon="eye"),
        Transition("return", "退回编制", (B.CHECKED, B.APPROVED), B.DRAFT, "disbursement.approve",
                   needs_note=True, hint="退回后可重新编制。", tone="neutral", icon="reply"),
        Transition("approve", "批准", (B.CHECKED,), B.APPROVED, "disbursement.approve",
                   (guards.batch_by_another, guards.batch_is_covered, guards.within_the_grants, guards.nothing_held),
                   hint="编制人不能批准自己的批次。", icon="check"),
        Transition("export", "送银行", (B.APPROVED,), B.EXPORTED, "disbursement.make",
                   (guards.batch_is_covered, guards.within_the_grants, guards.nothing_held), hint="随即记账为在途，并可下载拨付文件。", icon="send"),
        Transition("settle", "登记回盘", (B.EXPORTED, B.PARTLY_RETURNED), None, "disbursement.settle",
                   hint="由银行回盘文件逐笔登记到账或退回。", icon="upload", targets=(B.PARTLY_RETURNED, B.SETTLED)),
        Transition("cancel", "取消", (B.DRAFT, B.CHECKED, B.APPROVED), B.CANCELLED, "disbursement.make",
                   needs_note=True, hint="没有送银行的批次可以取消。", tone="neutral", icon="info"),
    ],
)  # fmt: skip

LINE_FLOW = Flow(
    L,
    initial=[L.PLANNED, L.HELD],
    transitions=[
        Transition("send", "送银行", (L.PLANNED,), L.SENT, "disbursement.make"),
        Transition("arrive", "到账", (L.SENT,), L.ARRIVED, "disbursement.settle"),
        Transition("bounce", "退回", (L.SENT,), L.BOUNCED, "disbursement.settle"),
        Transition("drop", "未拨", (L.PLANNED, L.HELD), L.DROPPED, "disbursement.make"),
    ],
)
