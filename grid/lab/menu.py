"""The lab's lines in the menu."""

from governance.kernel.ui import menu

SECTION = "网格"
menu.register(
    label="开放数据", url_name="open-datasets", icon="archive", permission="open_data.view", section=SECTION, order=96
)
menu.register(
    label="公众看到的开放数据", url_name="open-data", icon="download", permission=lambda actor: actor.is_authenticated,
    section=SECTION, order=97,
)  # fmt: skip
