"""Disclosure's lines in the menu."""

from governance.kernel.ui import menu

SECTION = "经费"
menu.register(
    label="经费公开", url_name="disclosures", icon="eye", permission="disclosure.view", section=SECTION, order=76
)
menu.register(
    label="经费提问",
    url_name="money-questions",
    icon="help",
    permission="money_question.view",
    section=SECTION,
    order=77,
)
menu.register(
    label="居民看到的页面", url_name="money-find", icon="search", permission=lambda actor: actor.is_authenticated,
    section=SECTION, order=78,
)  # fmt: skip
