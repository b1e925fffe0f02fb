"""The transition tables of projects, findings, payments and refunds. Every cell is tested."""

from governance.kernel.workflow import Flow, Transition

from . import guards
from .states import BEFORE_MONEY
from .states import FindingStatus as F
from .states import PaymentStatus as P
from .states import ProjectStatus as S
from .states import RefundStatus as R

PROJECT_FLOW = Flow(
    S,
    initial=[S.IDEA],
    transitions=[
        Transition("propose", "党组织提议", (S.IDEA,), S.PROPOSED, "project.deliberate", (guards.nothing_forbidden,),
                   hint="录入党组织会议的时间、人数和结果。", icon="users"),
        Transition("consult", "两委会商议", (S.PROPOSED,), S.CONSULTED, "project.deliberate",
                   hint="录入两委会的时间、人数和结果。", icon="users"),
        Transition("deliberate", "党员大会审议", (S.CONSULTED,), S.DELIBERATED, "project.deliberate",
                   hint="录入党员大会的时间、人数和结果。", icon="users"),
        Transition("resolve", "居民（村民）会议决议", (S.DELIBERATED,), S.RESOLVED, "project.deliberate",
                   hint="录入居民（村民）会议或代表会议的时间、人数和表决结果。", icon="gavel"),
        Transition("reject", "未通过", (S.IDEA, S.PROPOSED, S.CONSULTED, S.DELIBERATED), S.WITHDRAWN, "project.deliberate",
                   (guards.never_filed,), needs_note=True, hint="议事没有通过，项目到此为止。", tone="neutral", icon="info"),
        Transition("publish", "公示决议", (S.RESOLVED,), S.PUBLICISED, "project.publish",
                   hint="登记公示的起止日期、地点和范围。", icon="eye"),
        Transition("extend", "延长公示、补记意见", (S.PUBLICISED, S.FINAL), None, "project.publish",
                   hint="居民有意见的，记下意见和答复；需要时延长公示。", tone="neutral", icon="eye"),
        Transition("submit", "报街道审核", (S.PUBLICISED,), S.REVIEWING, "project.publish",
                   (guards.decision_was_public, guards.nothing_forbidden), hint="公示期满、没有未处理的异议后报送。", icon="send"),
        Transition("review", "审核通过", (S.REVIEWING,), S.FILING, "project.review", (guards.nothing_forbidden,),
                   hint="街道（镇）党（工）委审核，随后报区县备案。", icon="check"),
        Transition("return", "退回修改", (S.REVIEWING, S.FILING), S.IDEA, "project.return", needs_note=True,
                   hint="写明理由；修改后重新议事和公示。", tone="neutral", icon="reply"),
        Transition("file", "备案并下达额度", (S.FILING,), S.IMPLEMENTING, "project.file", (guards.nothing_forbidden,),
                   hint="随即记账：从社区可用额度划出项目额度。", icon="coin"),
        Transition("change", "同意变更", (S.IMPLEMENTING,), S.IDEA, "project.review", (guards.no_payment_under_way,),
                   needs_note=True, hint="收回没有支付的额度；修改后重新议事、公示、审核、备案。", tone="neutral", icon="edit"),
        Transition("rework", "验收未通过", (S.IMPLEMENTING,), None, "project.accept", hint="记录问题，整改后再次验收。",
                   tone="neutral", icon="alert", needs_note=True),
        Transition("accept", "验收通过", (S.IMPLEMENTING,), S.ACCEPTED, "project.accept",
                   (guards.was_accepted, guards.no_payment_under_way), hint="录入居民代表验收的结果。", icon="check"),
        Transition("announce", "公示决算", (S.ACCEPTED,), S.FINAL, "project.publish",
                   (guards.no_payment_under_way,), hint="剩余额度随即收回社区；登记决算公示的起止日期和地点。", icon="eye"),
        Transition("archive", "归档", (S.FINAL,), S.ARCHIVED, "project.publish", (guards.result_was_public,),
                   hint="决算公示期满后归档。", icon="archive"),
        Transition("withdraw", "撤回", BEFORE_MONEY, S.WITHDRAWN, "project.draft", (guards.never_filed,),
                   needs_note=True, hint="没有下达额度的项目可以撤回。", tone="neutral", icon="info"),
        Transition("terminate", "终止", (S.IMPLEMENTING, *BEFORE_MONEY), S.TERMINATED, "project.review",
                   (guards.was_filed, guards.no_payment_under_way), needs_note=True, hint="剩余额度收回社区。", tone="neutral", icon="info"),
    ],
)  # fmt: skip

FINDING_FLOW = Flow(
    F,
    initial=[F.OPEN],
    transitions=[
        Transition("appeal", "申诉", (F.OPEN,), F.APPEALED, "finding.appeal", needs_note=True,
                   hint="说明为什么这笔支出是为居民服务的。", icon="scale"),
        Transition("allow", "申诉成立", (F.APPEALED,), F.ALLOWED, "finding.rule", needs_note=True,
                   hint="写明理由，支出可以列支。", icon="check"),
        Transition("uphold", "不予列支", (F.APPEALED,), F.UPHELD, "finding.rule", needs_note=True,
                   hint="写明理由，须修改后才能继续。", tone="neutral", icon="alert"),
        Transition("clear", "已修改", (F.OPEN, F.APPEALED, F.UPHELD), F.CLEARED, "finding.clear"),
    ],
)  # fmt: skip

PAYMENT_FLOW = Flow(
    P,
    initial=[P.DRAFT],
    transitions=[
        Transition("submit", "报街道审批", (P.DRAFT,), P.SUBMITTED, "payment.ask", (guards.nothing_forbidden,),
                   hint="社区初审后报送；提交后金额和收款人不能再改。", icon="send"),
        Transition("return", "退回修改", (P.SUBMITTED, P.SECOND), P.DRAFT, "payment.approve", needs_note=True,
                   hint="写明哪里要改。", tone="neutral", icon="reply"),
        Transition("approve", "批准", (P.SUBMITTED,), P.APPROVED, "payment.approve",
                   (guards.not_the_asker, guards.needs_one), hint="随即记账为待付。", icon="check"),
        Transition("first", "初审批准", (P.SUBMITTED,), P.SECOND, "payment.approve",
                   (guards.not_the_asker, guards.needs_two), hint="超过限额，转第二人审批。", icon="check"),
        Transition("second", "复审批准", (P.SECOND,), P.APPROVED, "payment.second",
                   (guards.not_the_asker, guards.another_approves), hint="第二人审批；随即记账为待付。", icon="users"),
        Transition("pay", "确认已付", (P.APPROVED,), P.PAID, "payment.pay", hint="银行已付款；随即记账。", icon="check"),
        Transition("bounce", "银行退回", (P.APPROVED,), P.BOUNCED, "payment.pay", needs_note=True,
                   hint="银行没有付成，钱回到项目额度。", tone="neutral", icon="reply"),
        Transition("refund", "全额退款", (P.PAID,), P.REFUNDED, "payment.refunded", (guards.all_came_back,), needs_note=True,
                   hint="退款累计达到全款时由登记退款触发。", tone="neutral", icon="reply"),
        Transition("cancel", "取消", (P.DRAFT, P.SUBMITTED, P.SECOND, P.APPROVED), P.CANCELLED, "payment.cancel",
                   needs_note=True, hint="没有付出去的申请可以取消。", tone="neutral", icon="info"),
    ],
)  # fmt: skip

REFUND_FLOW = Flow(
    R,
    initial=[R.WAITING],
    transitions=[
        Transition("post", "入账", (R.WAITING,), R.POSTED, "payment.refund", (guards.needs_one,),
                   hint="随即记账，钱回到项目额度或社区可用额度。", icon="check"),
        Transition("confirm", "确认入账", (R.WAITING,), R.POSTED, "payment.refunded", (guards.needs_two, guards.not_the_registrar),
                   hint="第二人核对退款凭证；随即记账，钱回到项目额度或社区可用额度。", icon="users"),
        Transition("refuse", "不予入账", (R.WAITING,), R.REFUSED, "payment.refunded", needs_note=True,
                   hint="钱没有到、金额不符或登记有误的，写明理由。", tone="neutral", icon="info"),
    ],
)  # fmt: skip
