"""The public pages are in everybody's menu too."""

from governance.kernel.ui import menu

for order, (label, url, icon) in enumerate(
    [("应由谁开证明", "certificates", "file"), ("减负白皮书", "white-paper", "chart")], start=44
):
    menu.register(
        label=label,
        url_name=url,
        icon=icon,
        permission=lambda actor: actor.is_authenticated,
        section="减负准入",
        order=order,
    )
