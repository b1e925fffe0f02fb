"""The demo's disclosures: the ended quarters published from the books, one overdue, residents' questions with their answers.

By the services on the travelled clock, after the demo's money and projects.
"""

from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from governance.accounts.demo import STREET
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import NOBODY, Actor, Post
from governance.territory.models import Division

from .models import Disclosure, MoneyQuestion
from .periods import quarter_before, quarter_of
from .services import disclosure_publish, disclosures_lapse, disclosures_open, question_ask, question_step
from .states import DisclosureStatus

SEED = 20260330
QUARTERS = 3
QUESTIONS = (
    # days ago, question, answer ("" still waits)
    (
        40,
        "楼道照明换成声控灯一共花了多少？会不会再向居民收钱？",
        "费用全部从专项经费列支，不向居民收取；每笔支付都在本页“支付”里列出，点金额可以看到来路。",
    ),
    (
        18,
        "邻里节的钱为什么不能用来买办公桌？",
        "专项经费只能用于服务群众，办公条件由社区办公经费解决，两项经费分账管理。",
    ),
    (2, "今年结余的钱明年还能用吗？", ""),
)


def _community(place: Division) -> Actor:
    post = Post(role=Role.COMMUNITY, unit_id=place.unit_id, street_id=place.street_id, community_id=place.pk)
    return Actor(label=f"{place.name}（演示）", posts=(post,))


def _at(day: date, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def disclosure_demo_load(*, now: datetime | None = None) -> int:
    """Publish the last ended quarters for all who hold demo money. Nothing where disclosures are. Returns rows made."""
    if Disclosure.objects.exists():
        return 0
    end, rng = (now or clock.now()).replace(microsecond=0), Random(SEED)
    home = list(Division.objects.communities().filter(street__code12=STREET).order_by("code12"))
    spans = [quarter_before(quarter_of(timezone.localdate(end)))]
    while len(spans) < QUARTERS:
        spans.append(quarter_before(spans[-1]))
    with transaction.atomic():
        for span in reversed(spans):
            late = home[-1].pk if span == spans[0] and len(home) > 1 else None
            _quarter(span.end + timedelta(days=1), end, rng, late)
        with clock.travel(end):
            disclosures_lapse()
        if home:
            _questions(home[0], end)
    return Disclosure.objects.count() + MoneyQuestion.objects.count()


def _quarter(first: date, end: datetime, rng: Random, late: int | None) -> None:
    """Opened on the day after the quarter, published within the days allowed; ``late`` has not got round to it."""
    with clock.travel(_at(first)):
        disclosures_open(is_synthetic=True)
    rows = Disclosure.objects.filter(status=DisclosureStatus.DUE, end__lt=first).select_related("community")
    plan = sorted(
        (rng.randint(1, 13), rng.randint(9, 16), row.pk) for row in rows.order_by("pk") if row.community_id != late
    )
    known = {row.pk: row for row in rows}
    for days, hour, pk in plan:
        with clock.travel(min(_at(first + timedelta(days=days), hour), end)):
            disclosure_publish(disclosure=known[pk], by=_community(known[pk].community))


def _questions(place: Division, end: datetime) -> None:
    for days, text, answer in QUESTIONS:
        with clock.travel(end - timedelta(days=days)):
            row = question_ask(community=place, text=text, by=NOBODY, is_synthetic=True)
        if answer:
            with clock.travel(end - timedelta(days=days - 1)):
                question_step(question=row, action="answer", by=_community(place), note=answer)
