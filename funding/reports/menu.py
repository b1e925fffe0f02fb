"""The reports' lines in the menu."""

from governance.kernel.ui import menu

SECTION = "经费"
menu.register(
    label="经费报表",
    url_name="funding-report",
    icon="chart",
    permission="funding_report.view",
    section=SECTION,
    order=80,
)
menu.register(
    label="风险清单", url_name="funding-risks", icon="alert", permission="funding_risk.view", section=SECTION, order=81
)
menu.register(
    label="审计底稿", url_name="audit-pack", icon="archive", permission="audit_pack.make", section=SECTION, order=82
)
