"""A community with money, and a project brought to any state by the services."""

from datetime import timedelta
from types import SimpleNamespace
from zlib import crc32

import pytest

from funding.ledger.services import account_for, journal_post, move
from funding.ledger.states import AccountKind, Fund, JournalKind
from funding.projects import services
from funding.projects.models import PaymentRequest
from governance.kernel import clock
from governance.kernel.actor import SYSTEM, Actor, Post

LINES = [("30227", "楼道照明改造施工", 30_000_00), ("30218", "声控灯具", 12_000_00)]
PAYEE = "亮堂照明工程有限公司"
WEEK, DECIDED = timedelta(days=7), timedelta(days=9)
ORDER = ("idea", "proposed", "consulted", "deliberated", "resolved", "publicised", "reviewing", "filing", "implementing",
         "accepted", "final", "archived")  # fmt: skip


def somebody(role: str, place, label: str) -> Actor:
    """Another person with a post there."""
    post = Post(role=role, unit_id=place.unit_id, street_id=place.street_id, community_id=place.pk)
    return Actor(label=label, posts=(post,))


@pytest.fixture
def place(actors):
    """The home community."""
    from governance.territory.models import Division

    return Division.objects.select_related("unit", "street").get(pk=actors.community.posts[0].community_id)


def give_money(place) -> None:
    """200,000 yuan of service money and 50,000 of office money in the community."""
    year = clock.today().year
    for fund, fen in ((Fund.SERVICE_MASS, 200_000_00), (Fund.OFFICE, 50_000_00)):
        source = account_for(kind=AccountKind.SOURCE, fund=fund, year=year)
        purse = account_for(kind=AccountKind.AVAILABLE, fund=fund, year=year, community=place)
        legs = move(source, purse, fen)
        journal_post(by=SYSTEM, kind=JournalKind.BUDGET, memo="测试", legs=legs, key=f"money:{fund}")


@pytest.fixture
def money(place):
    """A community that can pay."""
    give_money(place)


class Stories:
    """Projects and payments in any state."""

    def __init__(self, actors, place):
        self.a, self.place = actors, place

    def meeting(self, project, step, **changes):
        """One of the four, with enough people."""
        facts = {"eligible": 30, "present": 24, "agree": 22, "against": 1, "abstain": 1, "minutes": "大家同意改造楼道照明。",
                 "people": "书记、委员和居民代表 24 人", "held_on": clock.today()} | changes  # fmt: skip
        return services.deliberation_record(project=project, by=self.a.community, step=step, **facts)

    def notice(self, project, back=8):
        """A publication that was registered ``back`` days ago and ends now."""
        end = clock.today()
        with clock.travel(clock.now() - timedelta(days=back)):
            return services.notice_open(
                project=project, by=self.a.community, from_on=clock.today(), to_on=end, place="社区公告栏"
            )

    def project(self, status="idea", **changes):
        """Brought to ``status`` the legal way."""
        facts = {"fund": Fund.SERVICE_MASS, "title": "三号楼楼道照明改造", "purpose": "老人夜间上下楼看不清", "category": "safety",
                 "idea_from": "三号楼 12 户居民", "lines": LINES} | changes  # fmt: skip
        far = ORDER.index(status)
        # What has hung out was decided before it did.
        ago = DECIDED if far >= ORDER.index("publicised") else timedelta()
        with clock.travel(clock.now() - ago):
            row = services.project_draft(by=self.a.community, community=self.place, **facts)
            for state in ORDER[1 : min(far, ORDER.index("resolved")) + 1]:
                row = self.to(row, state)
        for state in ORDER[ORDER.index("publicised") : far + 1]:
            row = self.to(row, state)
        return row

    def to(self, row, state):
        """One state further."""
        steps = {"proposed": "propose", "consulted": "consult", "deliberated": "deliberate", "resolved": "resolve"}
        if state in steps:
            return self.meeting(row, steps[state])
        if state == "publicised":
            return self.notice(row)
        if state == "final":
            return services.notice_open(
                project=row, by=self.a.community, from_on=clock.today(), to_on=clock.today() + WEEK, place="社区公告栏"
            )
        if state == "archived":
            with clock.travel(clock.now() + WEEK):
                return services.project_step(project=row, action="archive", by=self.a.community)
        if state == "accepted":
            return services.acceptance_record(
                project=row, by=self.a.community, held_on=clock.today(), people="张某等 5 名居民代表", asked=5, satisfied=5,
                passed=True, words="灯都亮了",
            )  # fmt: skip
        who = {
            "reviewing": ("submit", self.a.community),
            "filing": ("review", self.a.leader),
            "implementing": ("file", self.a.finance),
        }
        action, by = who[state]
        return services.project_step(project=row, action=action, by=by)

    def supplier(self, name=PAYEE):
        """A payee with a test account."""
        number = "0000123456789012" if name == PAYEE else f"0000{crc32(name.encode()):012d}"
        return services.supplier_set(
            by=self.a.community, community=self.place, name=name, bank="某银行某支行", account=number
        )

    def payment(self, status="draft", project=None, fen=8_000_00, **changes):
        """A payment brought to ``status``."""
        facts = {"supplier": self.supplier(), "economic_code": "30227", "amount_fen": fen, "purpose": "照明改造第一期工程款",
                 "collective": "两委会集体决定", "files": [("invoice.pdf", f"%PDF-1.4 {fen} {clock.now()}".encode())]} | changes  # fmt: skip
        if "fund" not in facts:
            facts["project"] = project or self.project("implementing")
            if "economic_code" not in changes:
                facts["economic_code"] = facts["project"].lines.first().economic_code
        row = services.payment_ask(by=self.a.community, **facts)
        path = {"draft": [], "submitted": ["submit"], "second": ["submit", "first"], "approved": ["submit", "approve"],
                "paid": ["submit", "approve", "pay"], "bounced": ["submit", "approve", "bounce"],
                "refunded": ["submit", "approve", "pay", "refund"], "cancelled": ["cancel"]}[status]  # fmt: skip
        for action in path:
            row = self.pay_step(row, action)
        return row

    def pay_step(self, row, action, by=None):
        """One step by the person whose it is."""
        people = {"submit": self.a.community, "cancel": self.a.community, "approve": self.a.leader, "first": self.a.leader,
                  "return": self.a.leader, "second": self.a.finance}  # fmt: skip
        if action == "refund":  # the whole of it, registered and, above the limit, confirmed
            self.refund(row, row.amount_fen, by=by)
            return PaymentRequest.objects.get(pk=row.pk)
        return services.payment_step(
            payment=row, action=action, by=by or people.get(action, self.a.finance), note="按规定办理"
        )

    def refund(self, row, fen, by=None, **changes):
        """A refund registered by the finance office, and confirmed by the street's leader where two are asked for."""
        facts = {"received_on": clock.today(), "reason": "工程量少于合同，退回差额",
                 "files": [("receipt.pdf", f"%PDF-1.4 back {fen} {clock.now()}".encode())]} | changes  # fmt: skip
        back = services.refund_register(payment=row, by=by or self.a.finance, amount_fen=fen, **facts)
        if back.needs_second:
            back = services.refund_step(refund=back, action="confirm", by=self.a.leader)
        return back


@pytest.fixture
def tell(actors, place, money):
    """The stories."""
    return Stories(actors, place)


def balances(place) -> SimpleNamespace:
    """Fen of the community by kind."""
    from funding.ledger.models import Account
    from funding.ledger.selectors import totals

    return SimpleNamespace(
        **{"available": 0, "project": 0, "reserved": 0, "paid": 0} | totals(Account.objects.filter(community=place))
    )
