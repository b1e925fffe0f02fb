"""The demo's projects: what residents of the demo street asked for, in every state, with payments, findings and appeals.

By the services on the travelled clock, after the demo's grants and disbursements; payees and account numbers are made up.
"""

from contextlib import suppress
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from funding.ledger.models import Account
from funding.ledger.states import AccountKind, Fund
from governance.accounts.demo import STREET
from governance.accounts.models import User
from governance.accounts.roles import Role
from governance.accounts.selectors import actor_of
from governance.kernel import clock
from governance.kernel.actor import Actor, Post
from governance.kernel.events import suspended
from governance.territory.models import Division

from . import mails, services
from .models import PaymentRequest, Project, Supplier
from .states import Category as C

# title, purpose, category, who asked, budget lines (code, words, yuan), how far it goes, payments (yuan, purpose, payee, how far).
# A town's first story begins when its money has arrived, the others so many days ago that they have just come as far as they are.
TOWNS = (
    (
        ("老楼声控灯改造", "老人夜间上下楼看不清，三栋老楼换声控灯。", C.SAFETY, "3、5、7 号楼 46 户居民联名",
         (("30227", "灯具安装施工", 28_000), ("30218", "声控灯具", 9_600)), "archived",
         ((9_600, "声控灯具采购", "亮堂照明商行", "paid"), (26_500, "灯具安装工程款", "安居维修工程有限公司", "paid"))),
        ("电动车集中充电棚", "消除飞线充电，建两处充电棚。", C.SAFETY, "消防排查后居民提议",
         (("31005", "充电棚建设", 64_000), ("30227", "电路改造", 22_000)), "implementing",
         ((60_000, "充电棚建设工程款", "安居维修工程有限公司", "second"),)),
        ("党员先锋岗公示栏", "在门厅设公示栏，公开服务承诺。", C.PARTY, "第二党支部", (("30227", "公示栏制作", 4_200),), "resolved", ()),
        ("晾衣杆更换", "楼前晾衣杆锈蚀，统一更换。", C.ENVIRONMENT, "2 号楼居民", (("30218", "晾衣杆", 6_800),), "deliberated", ()),
        ("跳蚤市场", "每月一次旧物交换。", C.SELF_RULE, "居民留言", (("30218", "桌布和标牌", 1_800),), "withdrawn", ()),
    ),
    (
        ("快递柜雨棚", "给快递柜搭雨棚。", C.WELFARE, "居民议事会", (("31005", "雨棚施工", 12_000),), "terminated",
         ((3_000, "雨棚设计与材料定金", "安居维修工程有限公司", "paid"),)),
        ("小区无障碍坡道", "三个单元门口加装坡道和扶手，方便轮椅和婴儿车。", C.WELFARE, "楼组长会议",
         (("31005", "坡道与扶手施工", 86_000),), "final",
         ((30_000, "坡道工程首付款", "安居维修工程有限公司", "paid"), (52_000, "坡道工程尾款", "安居维修工程有限公司", "paid"))),
        ("暑期社区小课堂", "假期给双职工家庭的孩子办四周小课堂。", C.SELF_RULE, "家长议事群提议",
         (("30226", "授课老师劳务费", 12_000), ("30218", "教具", 2_400)), "filing", ()),
        ("老年大学书法班", "每周一次书法课，材料统一准备。", C.CULTURE, "老年协会", (("30218", "纸墨材料", 3_000),), "consulted", ()),
    ),
    (
        ("邻里节与百家宴", "一年一次邻里节，展示居民才艺。", C.CULTURE, "文艺队和居民议事会",
         (("30214", "场地与音响租赁", 6_000), ("30299", "活动材料", 3_500)), "implementing",
         ((5_800, "音响租赁", "欢声文化服务社", "paid"), (2_000, "舞台背景布", "百汇超市", "bounced"),
          (3_200, "活动材料", "百汇超市", "approved"))),
        ("健身器材更换", "广场健身器材老化，更换六件。", C.WELFARE, "晨练队", (("30218", "健身器材", 26_000),), "accepted",
         ((25_400, "健身器材采购", "康健体育用品商行", "paid"),)),
        ("楼院花坛认养", "居民认养花坛，统一购买花苗和工具。", C.ENVIRONMENT, "和合大院议事会",
         (("30218", "花苗和工具", 8_800),), "reviewing", ()),
        ("社区便民打印点", "在服务大厅放一台打印机，居民自助打印。", C.OTHER, "居民留言", (("31002", "自助打印机", 4_500),), "appealed", ()),
        ("楼道扶手", "给高层老人加装楼道扶手。", C.WELFARE, "7 号楼 9 户居民", (("30227", "扶手安装", 7_600),), "proposed", ()),
    ),
    (
        ("老年食堂送餐上门", "为 62 位行动不便的老人送午餐。", C.WELFARE, "养老服务站走访汇总",
         (("30227", "送餐服务", 72_000),), "implementing",
         ((18_000, "第一季度送餐服务费", "暖心助餐服务中心", "paid"), (18_000, "第二季度送餐服务费", "暖心助餐服务中心", "part_back"),
          (18_000, "第三季度送餐服务费", "暖心助餐服务中心", "submitted"))),
        ("楼道清理与粉刷", "清理堆物，粉刷四个楼道。", C.ENVIRONMENT, "8 号楼 21 户居民", (("30213", "粉刷维修", 15_600),), "publicised", ()),
        ("更换办公桌椅", "社区办公室桌椅老旧。", C.OTHER, "社区工作者", (("31002", "办公桌椅", 12_000),), "refused", ()),
    ),
)  # fmt: skip
ORDER = ("idea", "proposed", "consulted", "deliberated", "resolved", "publicised", "reviewing", "filing", "implementing",
         "accepted", "final", "archived")  # fmt: skip
STEPS = {"proposed": "propose", "consulted": "consult", "deliberated": "deliberate", "resolved": "resolve"}
# Days from the idea to a little after the state.
NEED = {"proposed": 6, "consulted": 8, "deliberated": 10, "resolved": 12, "publicised": 14, "reviewing": 22, "filing": 24,
        "implementing": 40, "accepted": 38, "final": 45, "appealed": 6, "refused": 14, "withdrawn": 30}  # fmt: skip
LONGEST_GAP = 70  # days between two payments of a long story
APPEALS = {None: "设备放在大厅供居民使用，社区办公另有设备。", False: "桌椅已经用了多年，居民来办事时也要坐。"}
QUOTES = {
    "健身器材采购": [
        {"name": "康健体育用品商行", "fen": 25_400_00}, {"name": "动力体育器材店", "fen": 26_200_00},
        {"name": "全民健身用品中心", "fen": 27_000_00},
    ],
}  # fmt: skip
MINUTES = {
    "propose": "党组织逐项核对居民提议，同意提交两委会商议。", "consult": "两委会商议了做法和预算，同意提交党员大会。",
    "deliberate": "党员大会审议，建议施工避开午休。", "resolve": "居民代表逐项表决，同意实施，结果当场公布。",
}  # fmt: skip
PRESENT = {"propose": "党组织书记、副书记、委员", "consult": "两委成员", "deliberate": "党员", "resolve": "居民代表"}


def _person(username: str, label: str, post: Post) -> Actor:
    user = User.objects.filter(username=username).first()
    return actor_of(user) if user else Actor(label=label, posts=(post,))


class NotYet(Exception):
    """The year has not come that far."""


class Town:
    """The people of one community, and a clock that goes forward."""

    def __init__(self, place: Division, start: date):
        self.place, self.day, self.arrived = place, start, start
        where = {"unit_id": place.unit_id, "street_id": place.street_id}
        secretary = Post(role=Role.COMMUNITY, community_id=place.pk, **where)
        self.secretary = Actor(label=f"{place.name} 书记（演示）", posts=(secretary,))
        self.leader = _person("jd.shuji", "街道书记（演示）", Post(role=Role.STREET_LEADER, **where))
        self.finance = _person("qu.caizheng", "区财政局（演示）", Post(role=Role.UNIT_FINANCE, unit_id=place.unit_id))

    def at(self, days: int, latest: datetime):
        """Travel some days on; the story stops where that would be in the future."""
        self.day += timedelta(days=days)
        moment = timezone.make_aware(datetime.combine(self.day, time(10)))
        if moment > latest:
            raise NotYet
        return clock.travel(moment)

    def begin(self, far: str, latest: datetime, *, first: bool) -> None:
        """Where a story starts."""
        ago = timezone.localdate(latest) - timedelta(days=NEED.get(far, 0))
        self.day = self.arrived if first else max(self.arrived, ago)


def projects_demo_load(*, now: datetime | None = None) -> int:
    """Bring the demo street's projects to their states. Nothing where projects are. Returns rows made."""
    if Project.objects.exists():
        return 0
    end = (now or clock.now()).replace(microsecond=0)
    with transaction.atomic(), suspended(*mails.HANDLERS.values()):  # mails of long ago would only fill the mailbox
        for town, ideas in zip(_towns(end), TOWNS, strict=False):
            for number, idea in enumerate(ideas):
                town.begin(idea[5], end, first=number == 0)
                with suppress(NotYet):
                    _story(town, idea, end)
    return Project.objects.count() + PaymentRequest.objects.count()


def _towns(end: datetime) -> list[Town]:
    """Four communities of the demo street that hold service money; they begin when it has arrived."""
    rows = Account.objects.filter(
        kind=AccountKind.AVAILABLE, fund=Fund.SERVICE_MASS, year=timezone.localtime(end).year, community__street__code12=STREET,
        balance_fen__gt=0,
    ).select_related("community__street", "community__unit").order_by("community__code12")  # fmt: skip
    first = {row.community_id: row.postings.order_by("seq").values_list("at", flat=True).first() for row in rows}
    return [Town(row.community, timezone.localdate(first[row.community_id])) for row in rows[:4]]


def _story(town: Town, idea: tuple, end: datetime) -> None:
    title, purpose, category, who, lines, far, payments = idea
    with town.at(2, end):
        row = services.project_draft(
            by=town.secretary, community=town.place, fund=Fund.SERVICE_MASS, title=title, purpose=purpose, category=category,
            idea_from=who, lines=[(code, words, yuan * 100) for code, words, yuan in lines], is_synthetic=True,
        )  # fmt: skip
    if far in ("appealed", "refused"):
        return _appeal(town, row, end, allow=None if far == "appealed" else False)
    if far == "withdrawn":
        return _end(town, row, "withdraw", town.secretary, "居民商量后改为自己组织，不用经费。", end)
    reach = "implementing" if far == "terminated" else far
    for state in ORDER[1 : ORDER.index(reach) + 1]:
        row = _next(town, row, state, end)
        if state == "implementing":
            gap = _gap(town, payments, end) if far == "implementing" else 3
            for payment in payments:
                _pay(town, row, payment, gap, end)
    if far == "terminated":
        _end(town, row, "terminate", town.leader, "快递柜迁走，居民不再需要，余款收回。", end)
    return None


def _gap(town: Town, payments: tuple, end: datetime) -> int:
    """Days before each payment of works that still go on, so that the last one is of these days."""
    left = (timezone.localdate(end) - town.day).days - 4 * len(payments)
    return max(1, min(LONGEST_GAP, left // max(len(payments), 1)))


def _end(town: Town, row: Project, action: str, by: Actor, note: str, end: datetime) -> None:
    """A story that does not go on."""
    with town.at(2, end):
        services.project_step(project=row, action=action, by=by, note=note)


def _appeal(town: Town, row: Project, end: datetime, *, allow: bool | None) -> None:
    """A finding that is appealed against; one waits, one was refused."""
    for found in row.findings.filter(status="open"):
        with town.at(1, end):
            services.finding_appeal(finding=found, by=town.secretary, note=APPEALS[allow])
        if allow is not None:
            with town.at(2, end):
                found.refresh_from_db()
                services.finding_rule(
                    finding=found, by=town.finance, allow=allow, note="属于办公条件改善，请改用社区办公经费。"
                )


def _next(town: Town, row: Project, state: str, end: datetime) -> Project:
    if state in STEPS:
        step = STEPS[state]
        eligible = {"propose": 7, "consult": 9, "deliberate": 42, "resolve": 51}[step]
        present = eligible - eligible // 8
        with town.at(2, end):
            return services.deliberation_record(
                project=row, by=town.secretary, step=step, held_on=clock.today(), eligible=eligible, present=present,
                people=f"{PRESENT[step]}共 {present} 人", agree=present - eligible // 20, against=eligible // 20, minutes=MINUTES[step],
            )  # fmt: skip
    if state in ("publicised", "final"):
        with town.at(1, end):
            return services.notice_open(
                project=row, by=town.secretary, from_on=clock.today(), to_on=clock.today() + timedelta(days=7),
                place="社区公告栏、各单元门厅、居民微信群",
            )  # fmt: skip
    if state == "accepted":
        with town.at(6, end):
            return services.acceptance_record(
                project=row, by=town.secretary, held_on=clock.today(), people="居民代表 7 人", asked=24, satisfied=23,
                passed=True, words="现场逐项查看，与公示一致，同意验收。",
            )  # fmt: skip
    who = {"reviewing": ("submit", town.secretary, 8), "filing": ("review", town.leader, 2),
           "implementing": ("file", town.finance, 2), "archived": ("archive", town.secretary, 8)}  # fmt: skip
    action, by, days = who[state]
    with town.at(days, end):
        return services.project_step(project=row, action=action, by=by)


def _pay(town: Town, project: Project, payment: tuple, gap: int, end: datetime) -> None:
    yuan, purpose, payee, far = payment
    lines = list(project.lines.all())
    line = next((row for row in lines if row.fen == yuan * 100), lines[0])
    with town.at(gap, end):
        supplier = _supplier(town, payee)
        bill = _bill(f"DEMO ONLY - {project.number} - {yuan}.00 - No. {project.payments.count() + 1}")
        row = services.payment_ask(
            by=town.secretary, supplier=supplier, project=project, economic_code=line.economic_code,
            amount_fen=yuan * 100, purpose=purpose, quotes=QUOTES.get(purpose, ()),
            collective="两委会集体研究，比较三家后决定。" if yuan >= 10_000 and purpose not in QUOTES else "",
            files=[(f"{purpose}发票.pdf", bill)], is_synthetic=True,
        )  # fmt: skip
        row = services.payment_step(payment=row, action="submit", by=town.secretary)
    large = row.needs_second
    approved = ["first", "second"] if large else ["approve"]
    path = {"submitted": [], "second": ["first"], "approved": approved, "paid": [*approved, "pay"],
            "part_back": [*approved, "pay"], "bounced": [*approved, "bounce"]}[far]  # fmt: skip
    for action in path:
        with town.at(1, end):
            by = town.leader if action in ("approve", "first") else town.finance
            note = "收款账户户名不符，银行退回。" if action == "bounce" else ""
            row = services.payment_step(payment=row, action=action, by=by, note=note)
    if far == "part_back":
        with town.at(2, end):
            services.refund_register(
                payment=row, by=town.finance, amount_fen=yuan * 2, received_on=clock.today(), is_synthetic=True,
                reason="停餐一天，退回当天餐费", files=[("退款回单.pdf", _bill(f"DEMO ONLY - {row.number} - {yuan / 50:.2f} back"))],
            )  # fmt: skip


def _bill(words: str) -> bytes:
    """A page of PDF that any viewer opens, with one line in Latin letters."""
    stream = f"BT /F1 14 Tf 60 760 Td ({words}) Tj ET"
    parts = (
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )  # fmt: skip
    text, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(parts) + 1
    tail = f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(text)}\n%%EOF\n"
    return f"{text}xref\n0 {size}\n0000000000 65535 f \n{table}{tail}".encode()


def _supplier(town: Town, name: str) -> Supplier:
    """A made-up payee with test digits."""
    digits = f"0000{sum(map(ord, name)) % 10**8:08d}{town.place.pk:06d}"
    return services.supplier_set(
        by=town.secretary, community=town.place, name=name, bank="示例银行大连分行", account=digits, is_synthetic=True
    )
