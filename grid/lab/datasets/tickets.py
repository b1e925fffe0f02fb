"""哨单与工单: what streets asked of departments, one row a ticket; k counts the whistles."""

from django.db.models import Count, Q, QuerySet

from governance.territory.choices import Trade
from governance.whistles.models import Ticket
from governance.whistles.states import Outcome, Scene, Source, TicketRole

from ..dictionary import DataSource, Dropped, register
from ..states import Treatment
from . import parts


def rows() -> QuerySet[Ticket]:
    """All tickets but confidential ones."""
    return Ticket.objects.filter(is_confidential=False)


register(
    DataSource(
        "tickets", "哨单与工单", "街道吹哨后派给部门的工单，一行一张；一件哨单可有几张工单", "张", "created_at", rows,
        # Five tickets of one whistle are one matter, and a whistle that came back is no further one.
        Count("whistle", distinct=True, filter=Q(whistle__recurrence_of=None)),
        (
            parts.period("created_at", "派发"), parts.place(), parts.category(),
            parts.choice("scene", "情形", "吹哨的情形", Scene.choices, "scene"),
            parts.choice("source", "来源", "街道从哪里得知", Source.choices, "whistle__source"),
            parts.choice("trade", "条线", "承办部门的条线", Trade.choices, "department__kind", how="部门概化到条线",
                         treatment=Treatment.GENERALISED),
            parts.choice("role", "分工", "主办或协办", TicketRole.choices, "role"),
            parts.yes_no("reworked", "曾返工", "核实后退回重办过", Q(rework_count__gt=0), "返工次数概化为是否"),
            parts.yes_no("hung", "曾挂账", "挂过账", Q(was_hung=True), "挂账起止剔除，只留是否"),
            parts.took("created_at", "closed_at"),
            parts.choice("outcome", "办结类型", "部门报告的结果", Outcome.choices, "outcome", blank="没有办结",
                         sensitive=True, harmless=("solved",), empty=("none",)),
            parts.demo(),
        ),
        (
            *parts.SHARED_DROPS, Dropped("评价星级和意见", "评价密封，只在部门之间公布汇总"), Dropped("涉及户数", "少见的数字容易认出"),
            Dropped("承办机构", "只提供条线"), Dropped("涉密、涉隐私哨单的工单", "整行不提供", Treatment.SUPPRESSED),
        ),
    )
)  # fmt: skip
