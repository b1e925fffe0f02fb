"""The transition table of an application (domain-rules 2.3). Every cell is tested."""

from governance.kernel.workflow import Flow, Transition

from . import guards
from .states import ApplicationStatus as S

APPLICATION_FLOW = Flow(
    S,
    initial=[S.DRAFT],
    transitions=[
        Transition("submit", "提交", (S.DRAFT, S.CORRECTING), S.CHECKING, "application.submit",
                   hint="由社会工作部进行形式审查。", icon="send"),
        Transition("declare", "应急先行", (S.DRAFT,), S.EMERGENCY, "application.declare", needs_note=True,
                   hint="仅限突发事件：立即生效，到期自动失效。", tone="neutral", icon="alert"),
        Transition("pass_check", "审查通过", (S.CHECKING,), S.CONSULTING, "application.check",
                   hint="系统随机抽取社区（村），连同所在街道征求意见。", icon="check"),
        Transition("return", "退回补正", (S.CHECKING,), S.CORRECTING, "application.check", needs_note=True,
                   guards=(guards.may_be_returned,), hint="限一次；逾期未补正视为撤回。", tone="neutral", icon="reply"),
        Transition("conclude", "进入评审", (S.CONSULTING,), S.REVIEWING, "application.consult",
                   guards=(guards.opinions_are_in,), hint="意见已收齐或征求期满。", icon="scale"),
        Transition("publish", "评审通过并公示", (S.REVIEWING,), S.PUBLICITY, "application.publish",
                   guards=(guards.has_minutes,), hint="写入会议纪要，随即开始公示。", icon="flag"),
        Transition("approve", "批准印发", (S.PUBLICITY,), S.IN_FORCE, "application.approve",
                   guards=(guards.publicity_is_over,), hint="取得准入号，进入现行清单。", icon="check"),
        Transition("refuse", "不予准入", (S.CHECKING, S.REVIEWING, S.PUBLICITY, S.APPEALING), S.REFUSED, "application.refuse",
                   needs_note=True, hint="写明理由；部门可申请复核一次。", tone="neutral", icon="info"),
        Transition("appeal", "申请复核", (S.REFUSED,), S.APPEALING, "application.appeal", needs_note=True,
                   guards=(guards.may_appeal,), hint="限一次。", tone="neutral", icon="gavel"),
        Transition("reopen", "重新评审", (S.APPEALING,), S.REVIEWING, "application.review", needs_note=True,
                   hint="复核认为应当重新评审。", icon="repeat"),
        Transition("withdraw", "撤回申请", (S.DRAFT, S.CHECKING, S.CORRECTING, S.CONSULTING, S.REVIEWING, S.PUBLICITY),
                   S.WITHDRAWN, "application.withdraw", hint="申请到此结束。", tone="neutral", icon="reply"),
        Transition("revoke", "终止应急", (S.EMERGENCY,), S.LAPSED, "application.approve", needs_note=True,
                   hint="应急准入号自明日起失效。", tone="neutral", icon="info"),
        Transition("lapse", "期满失效", (S.EMERGENCY, S.CORRECTING), S.LAPSED, "application.lapse",
                   hint="应急期满，或逾期未补正。", icon="clock"),
    ],
)  # fmt: skip
