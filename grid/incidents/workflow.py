"""The transition table of an incident (domain-rules 5.3). Every cell is tested."""

from governance.kernel.workflow import Flow, Transition

from .states import IncidentStatus as S

INCIDENT_FLOW = Flow(
    S,
    initial=[S.REPORTED],
    transitions=[
        Transition("accept", "立案", (S.REPORTED,), S.ACCEPTED, "incident.accept",
                   hint="随即按规则派遣；没有规则适用的，由街道指定。", icon="check"),
        Transition("reject", "不予立案", (S.REPORTED,), S.REJECTED, "incident.accept",
                   needs_note=True, hint="理由上报人看得到。", tone="neutral", icon="close"),
        Transition("dispatch", "派遣", (S.ACCEPTED,), S.HANDLING, "incident.dispatch",
                   hint="按第一条适用的规则派遣，依据随件保存。", icon="send"),
        Transition("handle", "报处置完毕", (S.HANDLING,), S.VERIFYING, "incident.handle",
                   needs_note=True, hint="写明怎样处置的；随后到现场核查。", icon="check"),
        Transition("verify", "核查通过", (S.VERIFYING,), S.VERIFIED, "incident.verify",
                   hint="现场看过，问题已经解决。", icon="check"),
        Transition("rework", "核查不通过", (S.VERIFYING,), S.HANDLING, "incident.verify",
                   needs_note=True, hint="退给处置方返工，计一次返工。", tone="warning", icon="repeat"),
        Transition("close", "结案", (S.VERIFIED,), S.CLOSED, "incident.close",
                   hint="结案后由上报一方评价处置层级。", icon="archive"),
        Transition("evaluate", "评价", (S.CLOSED,), S.EVALUATED, "incident.evaluate",
                   hint="评价的是处置层级，不是人；一件一次，不能改。", icon="star"),
        Transition("send_back", "退回", (S.HANDLING,), S.ACCEPTED, "incident.handle",
                   needs_note=True, hint="不属本单位职责的写明理由退回，重新派遣；计一次退回。", tone="neutral", icon="reply"),
        Transition("reroute", "改派", (S.HANDLING, S.ACCEPTED), S.HANDLING, "incident.reroute",
                   needs_note=True, hint="指定层级和部门，写明理由；计一次改派。", tone="neutral", icon="repeat"),
        Transition("escalate", "上报一级", (S.HANDLING,), None, "incident.escalate",
                   needs_note=True, hint="本级解决不了的，交上一级处置。", tone="neutral", icon="arrow-right", targets=(S.HANDLING,)),
        Transition("blow", "吹哨", (S.HANDLING,), S.WHISTLED, "incident.blow",
                   hint="街道解决不了的，带着全部经过转为哨单。", icon="whistle"),
        Transition("settle", "随哨单结案", (S.WHISTLED,), S.CLOSED, "incident.follow", hint="哨单办结，事件随之结案。", icon="archive"),
        Transition("resume", "哨单未成立", (S.WHISTLED,), S.HANDLING, "incident.follow", hint="哨单终止，事件回到街道。", icon="reply"),
    ],
)  # fmt: skip
