"""What the public reads: organisations by name, persons not; no telephone, identity or account number in any text."""

import re

from governance.kernel.ui.formats import mask_phone

_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(\d{4})\d{10,13}([0-9Xx])(?![0-9A-Za-z])")
_NUMBER = re.compile(r"(?<!\d)(\d{4})\d{5,}(\d{2})(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WIDE = str.maketrans({**{chr(0xFF10 + n): str(n) for n in range(10)}, "\uff38": "X", "\uff0d": "-"})
_SPLIT = re.compile(r"(?<=\d)[ \u3000.·\-－—]+(?=\d{3,})")
ORGANISATION = re.compile(
    r"(公司|企业|集团|中心|经营部|商行|商店|超市|酒店|饭店|餐厅|工厂|厂|店|部|院|所|站|局|委员会|委会|协会|学会|基金会|合作社|学校|幼儿园"
    r"|大学|学院|医院|银行|服务队|工作室|门市|书城|书店|社|行|馆|会|队|苑|市场|事务所|物业)(?:（[^）]*）|\([^)]*\))?$"
)
PERSON_MOST = 3


def harmless(text: str) -> str:
    """A text without telephone, identity and account numbers or mail addresses, however they are spaced."""
    text = _MAIL.sub("（邮箱已隐去）", str(text or ""))
    plain = text.translate(_WIDE)
    joined = _SPLIT.sub("", plain)
    if not re.search(r"\d{7,}", joined):
        return text
    joined = _IDENTITY.sub(r"\1**********\2", joined)
    joined = mask_phone(joined)
    return _NUMBER.sub(r"\1****\2", joined)


def payee_name(name: str) -> str:
    """An organisation's whole name; of anything else only the first character (张**), for it may be a person."""
    name = harmless(name).strip()
    if ORGANISATION.search(name):
        return name
    own = re.split(r"[\s\d*·（(]", name)[0]
    return own[:1] + "*" * min(max(len(own) - 1, 1), PERSON_MOST) if own else ""
