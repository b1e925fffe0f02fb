"""The demo's open data: two published sets and a draft that was refused, through the services. All made up."""

from datetime import date, datetime, timedelta

from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor, Post

from .cuts import Cut, cut_from, last_closed, month_end, month_of
from .models import OpenDataset
from .services import Application, dataset_draft, dataset_edit, dataset_publish

MONTHS, ROUNDS = 3, 4
STORIES = (
    # source, title, institution, purpose, levels, published
    ("tickets", "哨单与工单：按月、区县", "东海大学公共管理学院（演示）", "研究部门条块协同",
     {"period": "month", "place": "unit"}, True),
    ("incidents", "网格事件：按月、街道", "北湾理工大学（演示）", "研究网格事件的时间分布", {"period": "month", "place": "street"}, True),
    ("incidents", "网格事件：按月、社区、小类", "北湾理工大学（演示）", "研究社区层面的事件构成",
     {"period": "month", "place": "community", "category": "small"}, False),
)  # fmt: skip


def open_data_demo_load(*, now: datetime | None = None) -> int:
    """Compose, check, widen as advised, publish. Nothing where open data is. Returns how many were made."""
    if OpenDataset.objects.exists():
        return 0
    by = Actor("市领导小组办公室（演示）", posts=(Post(Role.CITY_OFFICE),))
    with clock.travel(now or clock.now()):
        for source, title, institution, purpose, levels, out in STORIES:
            application = Application(title, institution, purpose, clock.today() + timedelta(days=730), True)
            cut = _cut(source, levels)
            row = dataset_draft(by=by, application=application, cut=cut, is_synthetic=True)
            for _ in range(ROUNDS):
                if not out or not (advice := row.finding.get("advice")):
                    break
                row = dataset_edit(dataset=row, by=by, application=application, cut=cut_from(advice["cut"]))
            if out and row.finding["passed"]:
                dataset_publish(dataset=row, by=by)
    return OpenDataset.objects.count()


def _cut(source: str, levels: dict[str, str]) -> Cut:
    """The last closed months."""
    end = last_closed()
    first = month_of(end) - MONTHS + 1
    return Cut(source, tuple(levels.items()), date(first // 12, first % 12 + 1, 1), month_end(end))
