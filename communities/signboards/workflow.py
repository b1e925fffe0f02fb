"""The transition tables of signboard, campaign, rectification and re-check (domain-rules 3.2). Every cell is tested."""

from governance.kernel.workflow import Flow, Transition

from . import guards
from .states import AuditStatus as A
from .states import RecheckStatus as C
from .states import RectificationStatus as R
from .states import SignboardStatus as S

SIGNBOARD_FLOW = Flow(
    S,
    initial=[S.REGISTERED, S.UNADMITTED, S.TO_CLEAR, S.DOUBTFUL],
    transitions=[
        Transition("keep", "保留在册", (S.UNADMITTED, S.TO_CLEAR, S.DOUBTFUL), S.REGISTERED, "signboard.check",
                   hint="须在名录内或有当日有效的挂牌准入号，且不超过上限。", icon="check"),
        Transition("doubt", "列为存疑", (S.REGISTERED, S.UNADMITTED), S.DOUBTFUL, "signboard.check",
                   needs_note=True, hint="不计入在册数，待核实后保留或清理。", tone="neutral", icon="help"),
        Transition("unadmit", "认定违规", (S.REGISTERED, S.DOUBTFUL), S.UNADMITTED, "signboard.check",
                   needs_note=True, hint="随即向责任部门发整改单。", tone="neutral", icon="alert"),
        Transition("clear", "列入清理", (S.REGISTERED, S.UNADMITTED, S.DOUBTFUL), S.TO_CLEAR, "signboard.check",
                   needs_note=True, hint="由责任部门摘除并上传前后照片，社区不用拍照。", tone="neutral", icon="archive"),
        Transition("remove", "摘除", (S.TO_CLEAR, S.UNADMITTED), S.REMOVED, "signboard.remove",
                   hint="前后照片各一张，由责任部门上传；之后自动安排回潮复查。", icon="camera"),
        Transition("reappear", "发现回潮", (S.REMOVED,), S.UNADMITTED, "signboard.check",
                   needs_note=True, hint="随即督办责任部门。", tone="neutral", icon="repeat"),
    ],
)  # fmt: skip

AUDIT_FLOW = Flow(
    A,
    initial=[A.REGISTERING, A.COMPARING],
    transitions=[
        Transition("compare", "开始比对", (A.REGISTERING,), A.COMPARING, "signboard_audit.run",
                   hint="逐块与名录和准入清单比对，给出保留、合并、摘除的建议。", icon="search"),
        Transition("publish", "公示", (A.COMPARING,), A.PUBLICITY, "signboard_audit.run", (guards.every_item_has_its_verdict,),
                   hint="处理意见随即公示，期满后才能整改。", icon="eye"),
        Transition("amend", "退回比对", (A.PUBLICITY,), A.COMPARING, "signboard_audit.run",
                   needs_note=True, hint="公示期间有异议，重新比对后再公示。", tone="neutral", icon="reply"),
        Transition("rectify", "进入整改", (A.PUBLICITY,), A.RECTIFYING, "signboard_audit.run", (guards.publicity_is_over,),
                   hint="应清理的牌子转责任部门整改，按部门和街道生成整改单。", icon="send"),
        Transition("submit", "提请验收", (A.RECTIFYING,), A.ACCEPTING, "signboard_audit.run", (guards.everything_is_cleared,),
                   hint="应清理的都已由责任部门摘除。", icon="check"),
        Transition("return", "退回整改", (A.ACCEPTING,), A.RECTIFYING, "signboard_audit.run",
                   needs_note=True, hint="说明哪里没有到位。", tone="neutral", icon="reply"),
        Transition("accept", "验收通过", (A.ACCEPTING,), A.MAINTAINED, "signboard_audit.run",
                   needs_note=True, hint="转入长效：每季度随机抽查，摘除后自动复查。", icon="check"),
        Transition("close", "结束", (A.MAINTAINED,), A.CLOSED, "signboard_audit.run", hint="本次核查归档。", icon="archive"),
        Transition("cancel", "取消", (A.REGISTERING, A.COMPARING), A.CANCELLED, "signboard_audit.run",
                   needs_note=True, hint="牌子登记保留，不作处理。", tone="neutral", icon="info"),
    ],
)  # fmt: skip

RECTIFICATION_FLOW = Flow(
    R,
    initial=[R.OPEN, R.PRESSED],
    transitions=[
        Transition("press", "督办", (R.OPEN,), R.PRESSED, "rectification.press",
                   needs_note=True, hint="送责任部门及其上级部门。", tone="neutral", icon="bell"),
        Transition("notify", "通报", (R.PRESSED,), R.NOTIFIED, "rectification.press",
                   needs_note=True, hint="只通报部门，不通报街道和社区。", tone="neutral", icon="flag"),
        Transition("finish", "整改完成", (R.OPEN, R.PRESSED, R.NOTIFIED), R.DONE, "rectification.finish",
                   (guards.its_boards_are_gone,), hint="所列牌子都已摘除或经核实保留。", icon="check"),
        Transition("withdraw", "撤销", (R.OPEN, R.PRESSED), R.WITHDRAWN, "rectification.press",
                   needs_note=True, hint="整改单发错或已不需要。", tone="neutral", icon="info"),
    ],
)  # fmt: skip

RECHECK_FLOW = Flow(
    C,
    initial=[C.WAITING],
    transitions=[
        Transition("clean", "未回潮", (C.WAITING,), C.CLEAN, "recheck.answer", hint="到现场看过，没有重新挂出。", icon="check"),
        Transition("reappeared", "已回潮", (C.WAITING,), C.REAPPEARED, "recheck.answer",
                   needs_note=True, hint="牌子转为违规，随即督办责任部门。", tone="neutral", icon="repeat"),
    ],
)  # fmt: skip
