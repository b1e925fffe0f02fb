# ruff: noqa: E501
"""Replies as Chinese mail programs write them, and what each should be taken for. Written by hand; names and addresses are made up."""

from base64 import b64encode
from dataclasses import dataclass
from quopri import encodestring

OURS = "whistle@portal.example"
ORIGINAL = (
    "—— 请在此行以上回复 ——\n\n中山区城管局：\n\n青泥洼桥街道吹哨，请贵单位作为主办部门签收并报到。\n\n编号：DLS-210202-20261123-0001\n"
    "也可以直接回复本邮件，第一行写：\n  签收\n    —— 同意承办\n  异议：理由；依据：条款；建议：部门\n  办结：措施"
)
QUOTED = "\n".join(f"> {line}" for line in ORIGINAL.split("\n"))
BARE = ORIGINAL.split("\n\n", 1)[1]  # a program that has cut our line off


@dataclass(frozen=True)
class Case:
    """One mail: its head and body, the steps expected and something that must (or must not) be left of its text."""

    name: str
    raw: bytes
    actions: tuple[str, ...]
    keeps: str = ""


def mail(
    text: str, *, kind: str = "text/plain", charset: str = "utf-8", encoding: str = "8bit", extra: str = ""
) -> bytes:
    body = text.encode(charset)
    if encoding == "base64":
        body = b64encode(body)
        body = b"\n".join(body[at : at + 76] for at in range(0, len(body), 76))
    elif encoding == "quoted-printable":
        body = encodestring(body)
    head = f"From: a@b.example\nMIME-Version: 1.0\nContent-Type: {kind}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n{extra}\n"
    return head.encode() + body


def qq(text: str, **more) -> bytes:
    head = (
        f'\n\n\n------------------&nbsp;原始邮件&nbsp;------------------\n发件人: "大连市基层减负平台" <{OURS}>;\n'
        '发送时间: 2026年11月23日(星期一) 上午9:12\n收件人: "中山区城管局"<cg@b.example>;\n主题: 【吹哨】DLS-210202-20261123-0001\n\n'
    )
    return mail(text + head.replace("&nbsp;", " ") + ORIGINAL, **more)


def qq_html(text: str) -> bytes:
    lines = "".join(f"<div>{line or '<br>'}</div>" for line in text.split("\n"))
    quoted = ORIGINAL.replace("\n", "<br>")
    return mail(
        f'<html><head><style>p{{color:red}}</style></head><body>{lines}<div><br></div><div style="font-size:12px">------------------&nbsp;原始邮件&nbsp;'
        f"------------------</div><div style=\"background:#efefef\"><div><b>发件人:</b>&nbsp;\"平台\" &lt;{OURS}&gt;;</div><div><b>发送时间:</b>&nbsp;2026年11月23日"
        f"</div></div><includetail><div>{quoted}</div></includetail></body></html>",
        kind="text/html", charset="gb18030", encoding="base64",
    )  # fmt: skip


def netease(text: str, quoted: str = ORIGINAL) -> bytes:
    return mail(
        f'{text}\n\n\n\n\n\n\n\n\n\n在 2026-11-23 09:12:33，"大连市基层减负平台" <{OURS}> 写道：\n\n{quoted}',
        charset="gbk",
        encoding="base64",
    )


def netease_new(text: str) -> bytes:
    rows = f"| 发件人 | 大连市基层减负平台<{OURS}> |\n| 发送日期 | 2026年11月23日 09:12 |\n| 收件人 | <cg@b.example> |\n| 主题 | 【吹哨】 |"
    return mail(f"{text}\n\n\n\n---- 回复的原邮件 ----\n{rows}\n\n{BARE}", encoding="base64")


def netease_html(text: str) -> bytes:
    return mail(
        f'<div style="line-height:1.7">{text.replace(chr(10), "<br/>")}</div><br/><div style="position:relative"></div><br/>'
        f'<div id="isReplyContent"><div>在 2026-11-23 09:12:33，"平台" &lt;{OURS}&gt; 写道：</div><blockquote id="isReplyContent">{BARE}</blockquote></div>',
        kind="text/html", encoding="quoted-printable",
    )  # fmt: skip


def foxmail(text: str, quoted: str = BARE) -> bytes:
    return mail(
        f"{text}\n\n\n\ncg@b.example\n \n发件人： 大连市基层减负平台\n发送时间： 2026-11-23 09:12\n收件人： 中山区城管局\n主题： 【吹哨】\n{quoted}",
        charset="gb18030", encoding="base64",
    )  # fmt: skip


def outlook(text: str, rule: str = "") -> bytes:
    return mail(
        f"{text}\n\n{rule}发件人: 大连市基层减负平台 <{OURS}>\n发送时间: 2026年11月23日 9:12\n收件人: 中山区城管局 <cg@b.example>\n主题: 【吹哨】\n\n{BARE}",
        encoding="quoted-printable",
    )


def outlook_original(text: str) -> bytes:
    return mail(
        f"{text}\n\n-----原始邮件-----\n发件人: 平台\n发送时间: 2026年11月23日\n收件人: 城管局\n主题: 【吹哨】\n\n{BARE}"
    )


def outlook_html(text: str) -> bytes:
    lines = "".join(
        f'<p class="MsoNormal"><span lang="EN-US">{line}<o:p></o:p></span></p>' for line in text.split("\n")
    )
    return mail(
        f"<html><head><!--[if gte mso 9]><xml>签收</xml><![endif]--><style><!-- p {{}} --></style></head><body>{lines}<div><div style='border-top:solid'>"
        f"<p class=MsoNormal><b>发件人<span>:</span></b> 平台 &lt;{OURS}&gt;<br><b>发送时间:</b> 2026年11月23日 9:12<br><b>收件人:</b> 城管局<br><b>主题:</b> 吹哨</p></div></div>"
        f"<p>{BARE.replace(chr(10), '<br>')}</p></body></html>",
        kind="text/html", charset="gb18030", encoding="quoted-printable",
    )  # fmt: skip


def coremail(text: str) -> bytes:
    """The government mail systems of many cities."""
    return mail(
        f'{text}\n\n\n-----原始邮件-----\n发件人:"大连市基层减负平台" <{OURS}>\n发送时间:2026-11-23 09:12:33 (星期一)\n收件人: 城管局\n抄送: \n主题: 【吹哨】\n\n{BARE}',
        charset="gbk", encoding="base64",
    )  # fmt: skip


def gmail(text: str) -> bytes:
    return mail(f"{text}\n\n大连市基层减负平台 <{OURS}> 于2026年11月23日周一 09:12写道：\n\n{QUOTED}")


def gmail_wrapped(text: str) -> bytes:
    return mail(f"{text}\n\nOn Mon, Nov 23, 2026 at 9:12 AM 大连市基层减负平台 <\n{OURS}> wrote:\n\n{QUOTED}")


def gmail_html(text: str) -> bytes:
    return mail(
        f'<div dir="ltr">{text.replace(chr(10), "<br>")}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">平台 &lt;{OURS}&gt; 于2026年11月23日周一 '
        f'09:12写道：<br></div><blockquote class="gmail_quote">{BARE}</blockquote></div>',
        kind="text/html",
    )  # fmt: skip


def iphone(text: str) -> bytes:
    return mail(
        f"{text}\n\n发自我的 iPhone\n\n> 在 2026年11月23日，上午9:12，大连市基层减负平台 <{OURS}> 写道：\n> \n{QUOTED}",
        encoding="base64",
    )


def aliyun(text: str) -> bytes:
    return mail(
        f"{text}\n------------------------------------------------------------------\n发件人：平台\n发送时间：2026年11月23日\n收件人：城管局\n主　题：【吹哨】\n\n{BARE}"
    )


def wechat_mail(text: str) -> bytes:
    return mail(
        f"{text}\n\n\n\n来自我的华为手机\n\n\n-------- 原始邮件 --------\n发件人： 平台 <{OURS}>\n日期： 2026年11月23日周一 09:12\n收件人： cg@b.example\n主 题： 【吹哨】\n{BARE}"
    )


def below(text: str) -> bytes:
    """Written under the quoted mail."""
    return mail(f"在 2026-11-23 09:12，平台 写道：\n{QUOTED}\n\n{text}\n")


def big5(text: str) -> bytes:
    return mail(
        f"{text}\n\n寄件者: 平台\n寄件日期: 2026年11月23日\n收件者: 城管局\n主旨: 吹哨\n\n哨單",
        charset="big5",
        encoding="base64",
    )


def unlabelled(text: str) -> bytes:
    return b"From: a@b.example\n\n" + text.encode("gb18030")


DONE = "办结：现场劝离摊贩12处，清运杂物2车，夜间安排专人值守，与街道现场确认无反弹。"
ELEMENTS = "办结：已解决\n受理时间：2026年11月23日10时\n与谁沟通：街道综合指挥中心李主任\n解决措施：清理占道经营12处，安排夜间巡查\n解决时限：11月25日前"
OBJECTION = "异议：该路段为市管主干道，不属我局管辖。\n依据：《大连市城市道路管理条例》第六条\n建议：市交通运输局"

CASES = [
    Case("qq-accept", qq("签收"), ("accept",)),
    Case("qq-accept-sentence", qq("已签收，我局将尽快派员到场处理。"), ("accept",), "派员到场"),
    Case("qq-html-done", qq_html(f"您好，\n{DONE}"), ("report_done",)),
    Case("qq-html-object", qq_html(OBJECTION), ("object",)),
    Case("163-accept", netease("签收。"), ("accept",)),
    Case("163-received", netease("收到，谢谢！"), (), "收到，谢谢！"),
    Case("163-without-our-line", netease("报到：现场 张伟", BARE), ("arrive",)),
    Case("163-new-app", netease_new("已与街道联系，明天上午到场。"), (), "明天上午"),
    Case("163-new-app-done", netease_new(DONE), ("report_done",)),
    Case("163-html", netease_html("签收并报到\n线上会商"), ("accept", "arrive")),
    Case("foxmail-object", foxmail(OBJECTION), ("object",)),
    Case("foxmail-accept", foxmail("收到并签收"), ("accept",)),
    Case("foxmail-with-our-line", foxmail("联系：已电话联系街道王科长", ORIGINAL), ("contact",)),
    Case("outlook-elements", outlook(ELEMENTS), ("report_done",)),
    Case("outlook-rule", outlook("我局已签收。", "_" * 32 + "\n"), ("accept",)),
    Case("outlook-question", outlook("请问签收后几天内要报到？"), (), "请问"),
    Case("outlook-original", outlook_original("延期至2026年12月15日：需采购护栏"), ("ask_extension",)),
    Case("outlook-html", outlook_html("各位领导：\n签收"), ("accept",)),
    Case("coremail-signature", coremail("签收\n\n中山区城市管理局 执法科\n张三 0411-80000000"), ("accept",)),
    Case("coremail-done", coremail("办结（部分解决）：已清理9处，其余3处正在立案。"), ("report_done",)),
    Case("gmail-zh", gmail("签收"), ("accept",)),
    Case("gmail-wrapped", gmail_wrapped("会商：需住建、消防一并到场确认责任"), ("consult",)),
    Case("gmail-html", gmail_html("异议：不属于我局职责，依据《三定规定》第三条，建议由交通局承办"), ("object",)),
    Case("iphone-accept", iphone("签收"), ("accept",)),
    Case("iphone-arrive", iphone("报到 现场 李强、王敏"), ("arrive",)),
    Case("iphone-chat", iphone("在路上了，大概半小时"), (), "半小时"),
    Case("aliyun-accept", aliyun("【签收】"), ("accept",)),
    Case("phone-arrive", wechat_mail("人员已到场。"), ("arrive",)),
    Case("phone-accept-full-width", wechat_mail("　　签收！"), ("accept",)),
    Case("below-the-quote", below("签收"), ("accept",)),
    Case("below-the-quote-comment", below("这件事上月已经处理过一次。"), (), "上月已经处理"),
    Case("traditional", big5("簽收，謝謝"), ("accept",)),
    Case("traditional-objection", big5("異議：非我局職責\n依據：條例第三條\n建議：交通局"), ("object",)),
    Case("unlabelled-gbk", unlabelled("签收\n"), ("accept",)),
    Case("doubt", qq("签收可以，但这件事不归我们管。"), (), "不归我们"),
    Case("refusal", netease("不予签收，请退回。"), (), "退回"),
    Case("future-done", outlook("预计周五办结。"), (), "预计"),
    Case("not-done", coremail("办结：暂未解决，已挂账。"), (), "暂未解决"),
    Case("hold", gmail("申请挂账，需列入明年计划。"), (), "挂账"),
    Case("comment", qq("留言：请街道提供摊贩名单。"), (), "摊贩名单"),
    Case("forwarded-inside", foxmail("各位同事：\n请按要求尽快处理并签收。"), (), "尽快处理"),
    Case("english", gmail_wrapped("Accepted. We are on our way."), ("accept",)),
]  # fmt: skip
