"""What the figures above the grid list mean."""

from governance.kernel.metrics import MetricCard, register

MOMENT = "打开页面的时刻"
SOURCE = "本系统网格、网格岗位与边界"

register(
    MetricCard("grid.count", "网格", "基础网格和专属网格，按所选范围。", "网格数", "—", MOMENT, SOURCE, "个", ("territory.grid.households",)),
    MetricCard(
        "grid.staffed", "专职配备率", "当天有一名专职网格员在任的网格所占比例。只看岗位是否空缺，不看任何人的工作量。",
        "当天有专职网格员的网格", "全部网格", MOMENT, SOURCE, "%",
    ),
    MetricCard(
        "grid.surveyed", "实测边界率", "边界为实测、不是示意的网格所占比例。", "边界为实测的网格", "全部网格", MOMENT, SOURCE, "%",
    ),
)  # fmt: skip
