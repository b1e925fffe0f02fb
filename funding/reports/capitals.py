"""Amounts in Chinese capitals (大写金额), as vouchers and budget forms write them. Pure."""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
MOST_FEN = 10**18


def _group(number: int) -> str:
    """Up to four digits with their places; zeros in between are read once."""
    text, zero = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += (DIGITS[0] if zero and text else "") + DIGITS[digit] + PLACES[place]
            zero = False
        else:
            zero = True
    return text


def _whole(number: int) -> str:
    """A whole number of yuan, without the unit."""
    text, pending = "", False
    for index in (3, 2, 1, 0):
        group = number // 10_000**index % 10_000
        if not group:
            pending = bool(text)
            continue
        if text and (pending or group < 1000):
            text += DIGITS[0]
        text += _group(group) + GROUPS[index]
        pending = False
    return text or DIGITS[0]


def capitals(fen: int) -> str:
    """1234500 → 壹万贰仟叁佰肆拾伍元整. Raises ValueError for more than a quadrillion yuan."""
    if abs(fen) >= MOST_FEN:
        raise ValueError("more money than can be written")
    sign, fen = ("负" if fen < 0 else ""), abs(fen)
    yuan, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    text = f"{_whole(yuan)}元" if yuan or not fen else ""
    if not (jiao or rest):
        return f"{sign}{text}整"
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif yuan:
        text += DIGITS[0]
    return f"{sign}{text}{f'{DIGITS[rest]}分' if rest else '整'}"
