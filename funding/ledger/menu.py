"""The books' lines in the menu."""

from governance.kernel.ui import menu

SECTION = "经费"

menu.register(label="总账", url_name="ledger", icon="scale", permission="account.view", section=SECTION, order=60)
menu.register(
    label="账户余额", url_name="accounts", icon="archive", permission="account.view", section=SECTION, order=61
)
menu.register(label="记账凭证", url_name="journals", icon="file", permission="account.view", section=SECTION, order=62)
