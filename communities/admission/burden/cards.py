"""Metric cards of the burden ledger, and the figures of its page."""

from django.db.models import Sum
from django.urls import reverse

from governance.kernel import clock
from governance.kernel.actor import Actor
from governance.kernel.metrics import CARDS, MetricCard, register

from ..models import BurdenQuota, Refusal

SOURCE = "本系统下行要求与社区待办"
LEVELS = {
    "green": {"label": "绿", "tone": "success", "icon": "check"},
    "yellow": {"label": "黄", "tone": "warning", "icon": "alert"},
    "red": {"label": "红（冻结新增）", "tone": "accent", "icon": "pause"},
}
register(
    MetricCard(
        "burden.index", "社区负担指数", "一个社区一周内要办的分钟数乘频次权重，除以社区工作者数。已拒收、已免除的不计。只给本社区和街道看，不排名。",
        "Σ（预计分钟 × 频次权重），按下达日所在周", "社区工作者数", "页面打开时", SOURCE, "分钟/人",
        ("admission.burden_workers", "admission.burden_levels", "admission.over_frequency_weight"),
    ),
    MetricCard(
        "burden.used", "已用负担分钟", "各部门本年下达到社区、没有免除的分钟数之和。", "Σ 每社区预计分钟 × 社区数（已免除的退回）", "—",
        "页面打开时", SOURCE, "分钟", ("admission.minutes_base", "admission.minutes_weights", "admission.samples_needed"),
    ),
    MetricCard(
        "burden.quota", "负担额度", "年初锁定：上年实际乘系数，只减不增；经批准的增加单列。", "Σ（额度 ＋ 批准增加）", "—", "页面打开时",
        SOURCE, "分钟", ("admission.quota_factor", "admission.quota_first_year"),
    ),
    MetricCard(
        "refusal.filed", "依规拒收", "本年社区依规拒收的件数。拒收是权利，不计负面，不用于考核社区。", "本年提出的拒收", "—", "页面打开时",
        "本系统依规拒收", "件", ("admission.refusal_answer",),
    ),
)  # fmt: skip


def figures_for(actor: Actor) -> list[dict]:
    """This year's sums over what the actor may see, each with its card and its list."""
    year = clock.today().year
    sums = BurdenQuota.objects.visible_to(actor).filter(year=year).aggregate(
        used=Sum("used"), minutes=Sum("minutes"), extra=Sum("extra")
    )  # fmt: skip
    refused = Refusal.objects.visible_to(actor).filter(filed_at__year=year).count()
    values = {
        "burden.used": (sums["used"] or 0, reverse("demands")),
        "burden.quota": ((sums["minutes"] or 0) + (sums["extra"] or 0), ""),
        "refusal.filed": (refused, reverse("refusals")),
    }
    return [
        {"value": f"{value:,}", "card": CARDS[key], "card_url": reverse("metric-card", args=[key]), "href": href}
        for key, (value, href) in values.items()
    ]
