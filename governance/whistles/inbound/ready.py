"""Hooks the quarantine into the menu."""

from governance.kernel.ui import menu

menu.register(
    label="来信与隔离", url_name="quarantine", icon="shield", permission="mail.quarantine", section="系统", order=900
)
