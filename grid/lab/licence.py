"""The licence of open data, in our own words; shipped in every download and accepted by whoever applies."""

NAME = "大连市基层治理开放数据使用许可（2026 版）"
STANDARD = "CC BY 4.0（知识共享 署名 4.0 国际）"
IDENTIFIER = "CC-BY-4.0"
TERMS = (
    ("可以做什么", f"数据按 {STANDARD} 提供：可以复制、传播、改编，用于研究、教学和其他目的，不收费用。"),
    ("注明来源", "使用时写明数据名称、发布机关、公开页地址和文件的 SHA-256；改动过的要说明。"),
    ("不得重新识别", "不得单独或与其他资料结合，试图认出数据背后的个人、家庭或具体事项；无意中认出的，立即停止使用、不得传播，并告知发布机关。"),
    ("不得评比", "不得用来评价、比较个人，不得给社区（村）、街道编制名次。"),
    ("撤回之后", "数据撤回后，请停止新的使用并删除副本；已经发表的成果不受影响。"),
    ("没有保证", "数据经过概化和剔除，与平台内的办理记录不完全一致；发布机关不对使用结果承担责任。"),
)  # fmt: skip
NOTE = "“不得重新识别”和“不得评比”依据个人信息保护法和为基层减负的要求，是使用约定，与著作权许可同时适用。"


def text() -> str:
    """The whole licence as plain text."""
    lines = [NAME, "", *(f"{number}. {title}：{words}" for number, (title, words) in enumerate(TERMS, 1)), "", NOTE, ""]
    return "\n".join(lines)
