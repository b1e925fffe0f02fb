"""The menu's lines of entitlements and disbursements."""

from governance.kernel.ui import menu

SECTION = "经费"

menu.register(
    label="应得经费", url_name="entitlements", icon="coin", permission="entitlement.view", section=SECTION, order=50
)
menu.register(
    label="经费核定",
    url_name="entitlement-runs",
    icon="scale",
    permission="entitlement.run_view",
    section=SECTION,
    order=51,
)
menu.register(
    label="拨付批次", url_name="disbursements", icon="send", permission="disbursement.view", section=SECTION, order=52
)
menu.register(
    label="年末结转", url_name="year-close", icon="archive", permission="year_close.apply", section=SECTION, order=69
)
