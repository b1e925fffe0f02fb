"""Cutting the quoted mail off an answer: our own line first, then what Chinese mail programs write, then a general parser.

Softly: whatever would leave nothing is not cut, and the mail as it came is kept beside (peers.md 5).
"""

import re

from mailparser_reply import EmailReplyParser

DELIMITER = "请在此行以上回复"
_ADDRESSES = r"[^\n]{0,300}"
_QUOTE_MARK = r"^[ \t>|]{0,20}"
# Each begins a quoted mail at the start of a line.
_STARTS = [
    r"-{2,}[ \t]*(?:原始邮件|原邮件|转发邮件|轉寄郵件|原始郵件|Original Message|Original|Forwarded message|回复的原邮件|回复邮件)[ \t]*-{2,}",
    r"_{20,}[ \t]*\n[ \t>]*(?:发件人|寄件者|From)[ \t]*[:：]",
    r"(?:\*{0,2}(?:发件人|發件人|寄件者|From)[ \t]*[:：]\*{0,2})[^\n]*\n(?:[^\n]*\n){0,3}?[ \t>|*]*"
    r"(?:发送时间|發送時間|寄件日期|日期|时间|Sent|Date)[ \t]*[:：]",
    r"(?:发送时间|發送時間)[ \t]*[:：][^\n]*\n(?:[^\n]*\n){0,3}?[ \t>|*]*(?:收件人|主题)[ \t]*[:：]",
    rf"(?:在|于|於)[ \t]*\d{{4}}[-年/.]{_ADDRESSES}(?:写道|寫道|编写)[ \t]*[:：]",
    rf"(?:在|于|於)[ \t]*\d{{4}}[-年/.]{_ADDRESSES}\n{_ADDRESSES}(?:写道|寫道)[ \t]*[:：]",
    r"\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2}[^\n]{0,200}(?:写道|寫道)[ \t]*[:：]",
    rf"[^\n]{{1,120}}(?:于|於|在)[ \t]*\d{{4}}[-年/.]{_ADDRESSES}(?:写道|寫道)[ \t]*[:：]",
    r"On [^\n]{6,300}(?:\n[^\n]{0,200})?wrote[ \t]*[:：]",
    r"(?:At|Am) \d{4}-\d{1,2}-\d{1,2}[^\n]{0,300}wrote[ \t]*[:：]",
]
_START = re.compile(_QUOTE_MARK + "(?:" + "|".join(_STARTS) + ")", re.M | re.I)
_QUOTED_LINE = re.compile(r"^[ \t]*(?:>|＞|\|[ \t])")
_TAIL = re.compile(
    r"^[ \t]*(?:(?:发自|发送自|來自|来自|從)我?的?[ \t]?[^\n]{1,30}|从我的[^\n]{1,20}发送|從我的[^\n]{1,20}傳送|Sent from [^\n]{1,40}"
    r"|Get Outlook for [^\n]{1,60}|获取[ \t]?(?:适用于)?[ \t]?Outlook[^\n]{0,60}|--)[ \t]*$",
    re.I,
)
_DEVICE = re.compile(
    r"iphone|ipad|手机|邮箱|客户端|mail|outlook|华为|小米|荣耀|oppo|vivo|android|安卓|三星|魅族|foxmail|微信", re.I
)
_FALLBACK_MOST = 20_000  # characters: the general parser's patterns are slow on long texts


def own_text(text: str) -> str:
    """Return what the writer wrote himself; the whole text when nothing would be left."""
    text = text.strip("\n ")
    cut = _signature_off(_unquoted(_above(text)))
    return cut or _signature_off(_below(text)) or text


def _above(text: str) -> str:
    """What stands above our line, and above the first beginning of a quoted mail."""
    at = text.find(DELIMITER)
    known = at >= 0
    if known:
        text = text[: text.rfind("\n", 0, at) + 1]
    found = _START.search(text)
    if found:
        return text[: found.start()].rstrip("-_=* \t\n")
    return text if known or len(text) > _FALLBACK_MOST else _general(text)


def _general(text: str) -> str:
    """The general parser's idea of where the quoted mail begins; its signatures and disclaimers are not cut."""
    try:
        replies = EmailReplyParser(languages=["zh", "en"]).read(text).replies
        first = replies[0].full_body if replies else text
    except Exception:  # a pattern that fails cuts nothing
        return text
    lines = len(first.rstrip().split("\n"))
    return "\n".join(text.split("\n")[:lines]) if first.strip() and len(replies) > 1 else text


def _unquoted(text: str) -> str:
    """Without the lines that are marked as quoted."""
    return "\n".join(line for line in text.split("\n") if not _QUOTED_LINE.match(line)).strip()


def _below(text: str) -> str:
    """For those who answer under the quoted mail: everything that is not marked as quoted nor one of its headings."""
    if not any(_QUOTED_LINE.match(line) for line in text.split("\n")):
        return ""
    lines = [line for line in text.split("\n") if not _QUOTED_LINE.match(line) and DELIMITER not in line]
    return _START.sub("", "\n".join(lines)).strip()


def _signature_off(text: str) -> str:
    """Without what a mail program adds at the end; a person's own closing stays."""
    lines = text.split("\n")
    for number in range(1, len(lines)):
        if _is_tail(lines[number]):
            return "\n".join(lines[:number]).rstrip()
    return "" if len(lines) == 1 and _is_tail(lines[0]) and _DEVICE.search(lines[0]) else text.strip()


def _is_tail(line: str) -> bool:
    if not _TAIL.match(line):
        return False
    return line.strip() == "--" or bool(_DEVICE.search(line))
