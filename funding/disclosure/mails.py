"""Mails about questions that nobody answers. The community is never reminded (减负 B08); who stands above it is told."""

from django.conf import settings

from funding.projects.mails import finance_of, people_with
from governance.accounts.roles import STREET_ROLES
from governance.kernel import audit
from governance.kernel.actor import SYSTEM
from governance.kernel.deadlines import Deadline, Level
from governance.kernel.outbox import mail_enqueue

from .models import MoneyQuestion
from .states import QuestionStatus


def on_step(deadline: Deadline, level: str) -> None:
    """Past its days: one mail to the street; after as long again to the unit's finance office. Nothing before."""
    row = MoneyQuestion.objects.filter(pk=deadline.subject_id).select_related("community").first()
    if row is None or row.status != QuestionStatus.ASKED or level == Level.REMIND:
        return
    if level == Level.YELLOW:
        readers = people_with(role__in=STREET_ROLES, street_id=row.street_id)
        audit.record(action="moneyquestion.overdue", label="逾期未答复", by=SYSTEM, subject=row, thread=row.thread)
    else:
        readers = finance_of(row.unit_id)
    for reader in {one.email.lower(): one for one in readers}.values():
        mail_enqueue(
            key=f"moneyquestion:{row.pk}:{level}:{reader.email.lower()}"[:120], thread=row.thread, to_address=reader.email,
            to_name=reader.name, subject=f"【逾期未答复】{row.community}的经费提问", digestible=True,
            text=f"居民的经费提问应于 {deadline.due_at:%m-%d} 前答复，至今没有答复，请协助社区（村）答复。\n\n{row.text}\n\n"
            f"办理：{settings.BASE_URL}{row.get_absolute_url()}",
        )  # fmt: skip
