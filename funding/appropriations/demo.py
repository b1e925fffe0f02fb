"""The demo's money: this year's grants for the whole city, and what has reached the home unit, one line bounced.

By the services on the travelled clock; account numbers are test digits, the bank is made up.
"""

import csv
import io
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from funding.ledger.states import Fund
from governance.accounts.demo import STREET
from governance.accounts.models import User
from governance.accounts.roles import Role
from governance.accounts.selectors import actor_of
from governance.kernel import clock
from governance.kernel.actor import Actor, Post
from governance.territory.models import Division, ManagementUnit

from . import services
from .bankfile import BACK, TOTAL
from .models import DisbursementBatch, EntitlementRun
from .states import ENTITLED_FUNDS, LineStatus

# (fund, quarter, percent, days of the year gone when drawn up, lines that the bank answers, line that bounces)
BATCHES = (
    (Fund.SERVICE_MASS, 1, 50, 0.20, "all", 7),
    (Fund.OFFICE, 1, 50, 0.22, "all", 0),
    (Fund.SERVICE_MASS, 3, 25, 0.90, "most", 0),
)


def _person(username: str, label: str, post: Post) -> Actor:
    """The demo's own person where there is one."""
    user = User.objects.filter(username=username).first()
    return actor_of(user) if user else Actor(label=label, posts=(post,))


def appropriations_demo_load(*, now: datetime | None = None) -> int:
    """Grant this year's money city-wide and disburse it in the demo street's unit. Nothing where runs are. Returns rows made."""
    if EntitlementRun.objects.exists():
        return 0
    end = (now or clock.now()).replace(microsecond=0)
    start = end.replace(month=1, day=1, hour=9, minute=0, second=0)
    span = end - start
    unit = Division.objects.select_related("unit").get(code12=STREET).unit
    with transaction.atomic():
        for number, fund in enumerate(ENTITLED_FUNDS):
            _run(fund, start + span * 0.03, number, span)
        for row in ManagementUnit.objects.all():
            services.payees_load(unit=row)
        for number, facts in enumerate(BATCHES):
            _batch(unit, facts, start + span * facts[3], number, span)
    return EntitlementRun.objects.count() + DisbursementBatch.objects.count()


def _office(moment: datetime, number: int) -> datetime:
    """The same day in office hours, the ``number``-th case of that morning: later cases come later whatever the time is now."""
    return timezone.localtime(moment).replace(hour=10, minute=number, second=0)


def _run(fund: str, moment: datetime, number: int, span: timedelta) -> None:
    """Calculated by the city's clerk, approved by the office, given out a few days later."""
    clerk = Actor(label="市级经办 林晓（演示）", posts=(Post(role=Role.CITY_OFFICE),))
    office = _person("shi.lingdao", "市领导小组办公室（演示）", Post(role=Role.CITY_OFFICE))
    with clock.travel(_office(moment, number)):
        run = services.run_calculate(by=clerk, year=moment.year, fund=fund, note="年度核定", is_synthetic=True)
        run = services.run_step(run=run, action="submit", by=clerk)
    with clock.travel(_office(moment + span * 0.01, number)):
        run = services.run_step(run=run, action="approve", by=office, note="同意。")
    with clock.travel(_office(moment + span * 0.02, number)):
        services.run_step(run=run, action="appropriate", by=office)


def _batch(unit: ManagementUnit, facts: tuple, moment: datetime, number: int, span: timedelta) -> None:
    """Drawn up, checked, approved by another, sent to the bank, answered a few days later."""
    fund, quarter, percent, _part, answered, bounce = facts
    post = Post(role=Role.UNIT_FINANCE, unit_id=unit.pk)
    clerk = Actor(label="区财政经办 于涛（演示）", posts=(post,))
    finance = _person("qu.caizheng", "区财政局（演示）", post)
    with clock.travel(_office(moment, number)):
        batch = services.batch_draft(
            by=clerk,
            unit=unit,
            fund=fund,
            year=moment.year,
            quarter=quarter,
            percent=Decimal(percent),
            is_synthetic=True,
        )
        if not batch.count:
            return
        batch = services.batch_step(batch=batch, action="check", by=clerk)
    with clock.travel(_office(moment + span * 0.01, number)):
        batch = services.batch_step(batch=batch, action="approve", by=finance)
        batch = services.batch_export(batch=batch, by=finance)
    with clock.travel(_office(moment + span * 0.02, number)):
        upload = bank_answer(batch, answered, bounce)
        back = services.return_preview(by=finance, batch=batch, upload=upload)
        services.return_apply(by=finance, bank_return=back)


def bank_answer(batch: DisbursementBatch, answered: str = "all", bounce: int = 0) -> SimpleUploadedFile:
    """What the made-up bank sends back: all lines, or all but the last ten; line ``bounce`` failed."""
    lines = list(batch.lines.filter(status=LineStatus.SENT).select_related("payee").order_by("number"))
    lines = lines if answered == "all" else lines[: max(len(lines) - 10, 1)]
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow([column.label for column in BACK])
    for line in lines:
        bad = line.number == bounce
        out.writerow([
            batch.number, line.number, line.payee.name, line.payee.number, f"{Decimal(line.amount_fen) / 100:.2f}",
            "失败" if bad else "成功", "收款账户已销户" if bad else "", f"YH{batch.pk:05d}{line.number:04d}",
        ])  # fmt: skip
    total = Decimal(sum(line.amount_fen for line in lines)) / 100
    out.writerow([batch.number, TOTAL, f"{len(lines)} 笔", "", f"{total:.2f}", "", "", ""])
    return SimpleUploadedFile(f"{batch.number}-回盘.csv", text.getvalue().encode("utf-8-sig"))
