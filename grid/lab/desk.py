"""The city office's panel: drafts that wait to be widened or published. Left out when there are none."""

from governance.accounts import desks
from governance.accounts.desks import Content, Panel, content
from governance.accounts.roles import Role
from governance.kernel.actor import Actor

from .models import OpenDataset
from .states import DatasetStatus


def drafts(actor: Actor) -> Content:
    """Drafts, the oldest first."""
    rows = OpenDataset.objects.visible_to(actor).filter(status=DatasetStatus.DRAFT).defer("package")
    return content(rows.order_by("id"), line, href="open-datasets?status=draft")


def line(row: OpenDataset) -> dict:
    """For whom, and what the check said."""
    passed = row.finding.get("passed")
    return {
        "title": row.title, "text": f"{row.institution} · {'检核通过，可以发布' if passed else '检核未通过，按建议放宽'}",
        "url": row.get_absolute_url(), "badge": DatasetStatus(row.status), "at": row.created_at, "at_label": "编制",
    }  # fmt: skip


desks.register(Panel("open-data", "开放数据草稿", (Role.CITY_OFFICE,), 90, drafts, "archive", quiet=True))
