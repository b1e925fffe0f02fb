"""What an answer says: its first line, in the words that departments use. Pure; nothing here reads or writes a table.

Only what cannot be meant otherwise is taken as a step; a question, a plan ("明天报到"), a negation or a doubt ("签收，但不属我局职责")
stays a comment. The keywords are matched on a copy in which full-width and traditional characters are mapped one to one.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from ..states import ArriveMode, Outcome
from .wording import dates_in, flat, labelled, spoken_outcome

UNSURE = "回复里有疑问、附带条件或还没有发生的事，因此没有当作办理。要办理请另回一封，第一行只写要办的事，例如“签收”。"
ON_PAGE = "挂账、销账需要填写责任领导、里程碑、复核日期等，请打开办理页面申请。"
LABELS = {
    "accept": "签收", "object": "提出异议", "contact": "联系街道", "arrive": "报到", "report_done": "报办结", "consult": "申请会商",
    "minute": "会商纪要", "ask_extension": "申请延期", "comment": "留言",
}  # fmt: skip


@dataclass(frozen=True)
class Intent:
    """``actions`` in the order in which they are to be taken (empty: a comment); ``fields`` are the last action's facts.

    ``rest`` is what else was said; ``missing`` names what the last action still lacks, so that it cannot be taken;
    ``is_comment`` says that a comment is what the writer asked for.
    """

    actions: tuple[str, ...] = ()
    fields: dict[str, object] = field(default_factory=dict)
    rest: str = ""
    missing: tuple[str, ...] = ()
    is_comment: bool = False
    why: str = ""

    @property
    def label(self) -> str:
        """What was understood, in words."""
        return "、".join(LABELS[name] for name in self.actions) or "留言"


_LEAD = r"(?:(?:\d{1,2}|[一二三])[.、,] *)?(?:(?:回复|答复|回复内容|意见)[:,] *)?"
_OFFICE = r"(?:局|大队|支队|中队|队|所|中心|委|办|科|处|站|公司|集团)"
# A department's own name may stand first, but not "请城管局" or "建议交通局".
_NOT_NAMED = r"(?!.{0,12}(?:请|待|建议|不应|不是|不该|没|未|让|转|如果|若|等|应由|应该|通知|由|需要|须|能否|可否|可以|以为|认为))"
_NAMED = rf"{_NOT_NAMED}[\u4e00-\u9fff]{{2,12}}{_OFFICE}"
_WHO = rf"(?:我(?:单位|们|方|部门|{_OFFICE})?|本(?:单位|部门|{_OFFICE})|{_NAMED})?[,: ]*"
_POLITE = r"(?:(?:您好|你好|领导好|各位领导|各位|好的|ok|收悉|已?收到|无异议|没有异议|同意)(?:并且?|[,.!;: 、])*)*"
_NOW = r"(?:已经|现已|业已|已|现|确认|同意|予以|现予)*"
_CASE = r"(?:(?:此|该|本)(?:单|件|事|事项|工单|哨单)|工单|哨单|问题|事项)?"
_STREET = r"(?:贵?街道(?:办事处|办)?|吹哨街道)?(?:[\u4e00-\u9fff]{1,2}(?:主任|书记|科长|部长|所长|同志|工))?"
_STEPS = {
    "accept": rf"{_CASE}{_NOW}签收(?:了|完毕|成功|确认|此[单件]|该[单件]|本[单件]|工单|哨单)?"
    r"|(?:accept|accepted|signed for|received and accepted)\b",
    "contact": rf"(?:已经|已)(?:与|同|和|向)?{_STREET}(?:取得|电话|主动|进行)?联[系络](?:上|过|好|到)?{_STREET}(?:了)?"
    r"|联[系络](?:街道)?|contacted\b",
    "arrive": rf"(?:[^,.;:?!请待等未 ]{{0,10}}(?:人员|队员|同志))?"
    rf"(?:{_NOW}(?:线上|现场|视频|在线|到场)?报到(?:人员?|了|完毕)?|(?:已经|已)(?:到场|到达现场|抵达现场|到现场|到岗)(?:了|处置|处理)?)"
    r"|(?:arrived|on site)\b",
    "report_done": rf"{_CASE}(?:(?:已经|现已|已|现|报|申请|申报)*(?:办(?:结|理完毕|结完毕)|(?:处理|处置|整改)完毕)"
    r"(?:报告|回复|情况)?|(?<=问题)已解决)"
    r"(?:\([^)\n]{0,20}\))?|(?:done|solved)\b",
}  # fmt: skip
_STEP = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _STEPS.items())
_JOIN = r"(?:并且?|及|和|且|、|,|;|\+|&|/| )*"
_PLAIN_STEP = "|".join(f"(?:{pattern})" for pattern in _STEPS.values())
_HEAD = re.compile(
    rf"^{_LEAD}{_POLITE}{_WHO}(?P<steps>(?:{_PLAIN_STEP})(?:{_JOIN}(?:{_PLAIN_STEP}))*)(?=$|[,.;:! 、\-~(])"
)
_ONE = re.compile(_STEP)
_OBJECT = re.compile(
    rf"^{_LEAD}{_POLITE}{_WHO}(?:对{_CASE})?(?:现|特|拟|申请)?(?:提出|有|提)?(?:异议|退哨)(?:如下|理由|申请|说明)?(?=$|[,.;: (])"
    r"|^objection\b|^object\b"
)
_CONSULT = re.compile(rf"^{_LEAD}{_WHO}(?:申请|提请|请求|建议召开)?会商(?=$|[:,;. ])|^consult\b")
_MINUTE = re.compile(r"^(?:会商)?纪要(?=$|[:,;. ])")
_EXTEND = re.compile(rf"^{_LEAD}{_WHO}(?:申请|特申请)?延期(?:办理|办结)?(?:至|到)?(?=$|[:,;. \d])|^extend(?: to)?\b")
_SAY = re.compile(r"^(?:留言|备注|说明|情况说明|comment)(?=$|[:])")
_HOLD = re.compile(rf"^{_LEAD}{_WHO}(?:申请|拟)?(?:挂账|销账)")
_GREETING = re.compile(
    r"^(?:(?:您|你|领导|大家|同志)(?:们)?好|尊敬的.{0,20}|各位.{0,10}|hi|hello)[ ,.:!]*$"
    r"|^(?:(?!签收|异议|联系|报到|办结).){2,24}(?:街道办事处|街道办|街道|指挥中心|平台|同志|主任|书记)[,:] *$"
)
_DOUBT = re.compile(
    r"\?|吗[.!,]?$|如何|怎么|怎样|什么|能否|可否|是否|不属|不归|不是我|非我|不在我|无法|不能|不予签|拒|退回|退哨|退单|改派|转派|暂不|暂缓|(?<!无)(?<!没有)异议"
)
_FUTURE = re.compile(
    r"^[:,;. ]*(?:今天|今日|今晚|上午|下午)?(?:明[天日早晚]|后[天日]|次日|预计|计划|将|拟|打算|准备|下周|本周|稍后|稍晚|马上|即将|待|等|时间[:])"
)
_NOT_YET = re.compile(r"尚?未|没有?解决|无法|不能|不了|正在")


def understand(text: str, *, today: date | None = None) -> Intent:
    """Return what the answer ``text`` (without the quoted mail) asks for; never raises. ``today`` completes 11月30日."""
    first, rest = _first_line(text)
    if not first:
        return Intent(is_comment=bool(rest.strip()), rest=text.strip())
    plain = flat(first)
    for pattern, read in _READERS:
        if found := pattern.match(plain):
            said = first[found.end() :]
            return read(found, said, rest, today) or Intent(rest=text.strip(), why=UNSURE)
    return Intent(rest=text.strip())


def _first_line(text: str) -> tuple[str, str]:
    """(the first line that says something, everything after it); greetings are passed over."""
    lines = text.strip().split("\n")
    for number, line in enumerate(lines):
        bare = line.strip(" \t\u3000*#>【】[]「」『』“”\"'·•-—")
        if not bare or (number < 4 and _GREETING.match(flat(bare))):
            continue
        return bare, "\n".join(lines[number + 1 :]).strip()
    return "", ""


def _whole(said: str, rest: str) -> str:
    """The answer after its keyword, over all its lines."""
    said = said.lstrip(" \t\u3000,.;:!、，。；：！-—~")
    return f"{said}\n{rest}".strip()


def _read_steps(found: re.Match, said: str, rest: str, today) -> Intent | None:
    steps = [match.lastgroup for match in _ONE.finditer(found["steps"])]
    actions = tuple(name for name in _STEPS if name in steps)
    last, line = actions[-1], flat(said)
    if _DOUBT.search(line) or (_FUTURE.match(line) and last != "accept"):
        return None
    if "accept" in actions and _DOUBT.search(flat(rest)):
        return None  # whoever signs gives up his objection: not on a doubtful mail
    intent = Intent(actions, {}, _whole(said, rest))
    if last == "arrive":
        return _arrival(intent, found["steps"], said)
    return _done(intent, found["steps"], said, rest) if last == "report_done" else intent


def _arrival(intent: Intent, steps: str, said: str) -> Intent:
    line = flat(said)
    head = line.split("\n")[0][:24]
    online = re.search(r"线上|视频|在线|电话会|远程|online", steps + head)
    person = re.sub(
        r"[(,.;: ]*(?:线上会商|现场到场|线上|现场|视频会议|视频|在线|远程|到场人员?|报到人员?|人员)[),.;: ]*", " ", line
    )
    name = re.match(r"^[ ,.;:!)]*([\u4e00-\u9fff]{2,4}(?:[、和 ][\u4e00-\u9fff]{2,4}){0,3})(?:[ ,.;:(\d]|$)", person)
    fields = {"mode": ArriveMode.ONLINE if online else ArriveMode.ONSITE, "person": name[1] if name else ""}
    return replace(intent, fields=fields)


_ELEMENTS = {
    "taken_up": ("受理时间",),
    "talked_with": ("与谁沟通", "沟通对象", "沟通情况", "沟通人", "沟通"),
    "measures": ("解决措施", "办理措施", "处理措施", "处置措施", "办理情况", "处理情况", "整改情况", "措施"),
    "settled_by": ("解决时限", "完成时限", "完成时间", "解决时间", "时限"),
    "outcome": ("办结类型", "办理结果", "处理结果", "结果", "结论"),
    "basis": ("不予支持的依据", "依据条款", "依据"),
}


def _done(intent: Intent, steps: str, said: str, rest: str) -> Intent | None:
    free, given = labelled(_whole(said, rest), _ELEMENTS)
    outcome = spoken_outcome(given.pop("outcome", ""), steps, free.split("\n")[0])
    if outcome is None or (_NOT_YET.match(flat(free)) and not given):
        return None
    measures = "\n".join(part for part in (free, given.pop("measures", "")) if part)
    fields = {"outcome": outcome, "measures": measures, **given}
    missing = [] if measures else ["解决措施（做了什么、结果如何）"]
    if outcome == Outcome.NOT_SUPPORTED and not given.get("basis"):
        missing.append("不予支持的依据")
    return replace(intent, fields=fields, rest="", missing=tuple(missing))


_OBJECTION = {
    "clause": ("依据条款", "法律依据", "政策依据", "条款", "依据"),
    "suggested_text": ("建议承办部门", "建议承办单位", "建议部门", "建议承办", "建议"),
}
_INLINE_CLAUSE = re.compile(
    r"[，,。；;\s](?:依据|根据|按照?|依照)(?![:：])(?=《|[^，,。；;\n]{0,20}(?:条例|办法|规定|方案|法)第)"
)
_INLINE_SUGGESTION = re.compile(r"[，,。；;\s]建议(?=由|转|交|改派|派)")


def _read_objection(found: re.Match, said: str, rest: str, today) -> Intent:
    whole = _INLINE_CLAUSE.sub("\n依据：", f"\n{_whole(said, rest)}")
    whole = _INLINE_SUGGESTION.sub("\n建议：", whole).strip()
    grounds, given = labelled(whole, _OBJECTION)
    suggested = re.sub(
        r"^(?:改派给?|转派给?|派给|转交给?|移交给?|交由|交给|转给|由|给|转)|(?:承办|办理|处理|负责|牵头)*[。.；;，,]?$",
        "",
        given.get("suggested_text", "").strip(),
    )
    fields = {
        "grounds": grounds.strip("，,。；; \n"),
        "clause": given.get("clause", "").strip("，,；; \n"),
        "suggested_text": suggested.strip(),
    }
    names = {"grounds": "异议理由", "clause": "依据（条款）", "suggested_text": "建议（由哪个部门承办）"}
    return Intent(("object",), fields, "", tuple(names[key] for key, value in fields.items() if not value))


def _read_topic(action: str, key: str, name: str):
    def read(found: re.Match, said: str, rest: str, today) -> Intent | None:
        if _DOUBT.search(flat(said)) and action == "consult":
            return None
        whole = _whole(said, rest)
        return Intent((action,), {key: whole}, "", () if whole else (name,))

    return read


def _read_extension(found: re.Match, said: str, rest: str, today) -> Intent | None:
    if re.search(r"\?|吗|能否|可否|是否", flat(said)):
        return None
    whole = _whole(said, rest)
    until, reason = dates_in(whole, today)
    reason = re.sub(r"^[ ，,。；;:：、]*(?:申请)?(?:延期)?(?:理由|原因|因为|因)?[:： ，,]*", "", reason).strip()
    missing = [
        name
        for name, value in (("延期到哪一天（如 延期至 2026-12-31：理由）", until), ("延期理由", reason))
        if not value
    ]
    return Intent(("ask_extension",), {"until": until, "reason": reason}, "", tuple(missing))


def _read_hold(found: re.Match, said: str, rest: str, today) -> Intent:
    return Intent(rest=f"{found[0]}{said}\n{rest}".strip(), why=ON_PAGE)


def _read_comment(found: re.Match, said: str, rest: str, today) -> Intent:
    return Intent(rest=_whole(said, rest), is_comment=True)


_READERS = [
    (_HEAD, _read_steps),
    (_OBJECT, _read_objection),
    (_CONSULT, _read_topic("consult", "topic", "会商事由")),
    (_MINUTE, _read_topic("minute", "minutes", "纪要内容")),
    (_EXTEND, _read_extension),
    (_HOLD, _read_hold),
    (_SAY, _read_comment),
]
