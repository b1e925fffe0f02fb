"""Payments: asked for with vouchers, approved by one or two people, reserved, paid, bounced or refunded. Each yuan through the ledger."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum

from funding.ledger.codes import economic_codes, name_of
from funding.ledger.models import Account
from funding.ledger.money import yuan
from funding.ledger.services import account_for, journal_post, move
from funding.ledger.states import AccountKind, Fund, JournalKind
from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid, StaleVersion
from governance.kernel.events import emit
from governance.kernel.files import StoredFile, file_store
from governance.kernel.numbering import next_number
from governance.kernel.permission import require
from governance.kernel.policy import policy
from governance.kernel.workflow import changed_since
from governance.territory.models import Division

from ..checks import findings_renew, marks_of
from ..limits import limits_follow
from ..models import PaymentRequest, Project, Supplier
from ..states import PaymentStatus, ProjectStatus
from ..workflow import PAYMENT_FLOW
from .projects import allotment

Files = Sequence[tuple[str, bytes]]
LIVE = (PaymentStatus.SUBMITTED, PaymentStatus.SECOND, PaymentStatus.APPROVED, PaymentStatus.PAID)


@transaction.atomic
def supplier_set(
    *, by: Actor, community: Division, name: str, bank: str, account: str, is_synthetic: bool = False
) -> Supplier:
    """Register whom a community pays; the same one twice is one. Raises Forbidden, Invalid."""
    row = Supplier(
        community=community, street_id=community.street_id, unit_id=community.unit_id, name=name.strip(), bank=bank.strip(),
        account=account.strip(), is_synthetic=is_synthetic,
    )  # fmt: skip
    require(by, "supplier.set", row)
    if not row.name or not row.bank:
        raise Invalid(name="请填写收款单位和开户行。")
    if not (
        row.account.isascii()
        and row.account.isdigit()
        and row.account.startswith("0000")
        and 12 <= len(row.account) <= 24
    ):
        raise Invalid(account="演示阶段只接受以 0000 开头的测试账号（12–24 位数字），不要填写真实账号。")
    known = Supplier.objects.filter(community=community, name=row.name, account=row.account).first()
    if known:
        return known
    row.save()
    audit.record(action="supplier.set", label="登记收款单位", by=by, subject=row, note=f"{row.name} {row.masked}")
    return row


@transaction.atomic
def payment_ask(
    *, by: Actor, supplier: Supplier, economic_code: str, amount_fen: int, purpose: str, project: Project | None = None,
    fund: str = "", collective: str = "", quotes: Sequence[dict] = (), files: Files = (), is_synthetic: bool = False,
) -> PaymentRequest:  # fmt: skip
    """Draft a payment from a project, or from office or errand money, with its vouchers. Raises Forbidden, Invalid, Conflict."""
    place = project.community if project else supplier.community
    row = PaymentRequest(
        project=project, community=place, street_id=place.street_id, unit_id=place.unit_id,
        fund=project.fund if project else (fund or Fund.OFFICE), year=project.year if project else clock.today().year,
        supplier=supplier, economic_code=economic_code, amount_fen=amount_fen, purpose=purpose.strip(),
        collective=collective.strip(), quotes=list(quotes), created_by_id=by.user_id, created_label=by.label[:120],
        created_at=clock.now(), is_synthetic=is_synthetic,
    )  # fmt: skip
    require(by, "payment.ask", row)
    _shape(row)
    row.number = f"ZF-{place.code12[:9]}-{row.year}-{next_number(f'payment:{place.code12[:9]}:{row.year}'):04d}"
    row.save()
    for name, content in files:
        voucher_add(payment=row, by=by, name=name, content=content)
    _judge(row)
    audit.record(
        action="paymentrequest.ask", label="申请支付", by=by, subject=row, thread=row.thread, to_status=row.status,
        data={"fen": row.amount_fen, "version": row.version},
    )  # fmt: skip
    return row


@transaction.atomic
def payment_edit(
    *, payment: PaymentRequest, by: Actor, supplier: Supplier, economic_code: str, amount_fen: int, purpose: str,
    collective: str = "", quotes: Sequence[dict] = (), files: Files = (), version: int | None = None,
) -> PaymentRequest:  # fmt: skip
    """Change a draft. Raises Forbidden, Invalid, Conflict."""
    require(by, "payment.ask", payment)
    row = PaymentRequest.objects.select_for_update(of=("self",)).get(pk=payment.pk)
    if row.status != PaymentStatus.DRAFT:
        raise Conflict("已经报送的申请不能再改；需要修改的，请街道退回。")
    if version is not None and row.version != version:
        raise StaleVersion("页面打开后，这笔申请已有新的修改，请核对后再提交。", changed_since(row, version))
    row.supplier, row.economic_code, row.amount_fen, row.purpose = supplier, economic_code, amount_fen, purpose.strip()
    row.collective, row.quotes, row.version = collective.strip(), list(quotes), row.version + 1
    _shape(row)
    row.save()
    for name, content in files:
        voucher_add(payment=row, by=by, name=name, content=content)
    _judge(row)
    audit.record(action="paymentrequest.edit", label="修改", by=by, subject=row, thread=row.thread,
                 data={"fen": row.amount_fen, "version": row.version})  # fmt: skip
    return row


def _shape(row: PaymentRequest) -> None:
    """Field by field, before anything is stored."""
    found = _source_problems(row)
    if row.economic_code not in economic_codes():
        found["economic_code"] = "请从科目表选择经济分类。"
    elif row.project and not row.project.lines.filter(economic_code=row.economic_code).exists():
        found["economic_code"] = "项目预算里没有这个科目；需要的，请街道同意变更项目。"
    if not isinstance(row.amount_fen, int) or row.amount_fen <= 0:
        found["amount_fen"] = "金额须大于零。"
    if not row.purpose:
        found["purpose"] = "请写明用途。"
    if any(not str(quote.get("name", "")).strip() or quote.get("fen", 0) <= 0 for quote in row.quotes):
        found["quotes"] = "每家报价都要有单位名称和金额。"
    if found:
        raise Invalid(**found)


def _source_problems(row: PaymentRequest) -> dict[str, str]:
    """Whose money it would be."""
    found = {}
    if row.supplier.community_id != row.community_id:
        found["supplier"] = "收款单位须由本社区登记。"
    if row.project and row.project.status != ProjectStatus.IMPLEMENTING:
        found["project"] = "项目备案并下达额度后才能支付，验收后不再支付。"
    if not row.project and row.fund not in (Fund.OFFICE, Fund.ERRAND):
        found["project"] = "专项经费须从项目支付；社区办公经费与专项经费分账。"
    return found


def _judge(row: PaymentRequest) -> None:
    """七不用 by code and words, for what is not approved yet."""
    findings_renew(row, marks_of(row.fund, [row.economic_code], [row.purpose]), payment=row)


def vouchers_of(payment: PaymentRequest):
    """The stored vouchers."""
    return StoredFile.objects.filter(subject_type="paymentrequest", subject_id=payment.pk).order_by("id")


@transaction.atomic
def voucher_add(*, payment: PaymentRequest, by: Actor, name: str, content: bytes) -> StoredFile:
    """Keep one voucher. The same file under another living request is refused, and that request is named."""
    require(by, "payment.ask", payment)
    if payment.status != PaymentStatus.DRAFT:
        raise Conflict("已经报送的申请不能再加票据。")
    row = file_store(subject=payment, thread=payment.thread, name=name, content=content, by=by)
    twins = StoredFile.objects.filter(subject_type="paymentrequest", sha256=row.sha256).exclude(subject_id=payment.pk)
    living = PaymentRequest.objects.filter(pk__in=twins.values("subject_id")).exclude(
        status__in=(PaymentStatus.CANCELLED, PaymentStatus.BOUNCED)
    )
    if twin := living.order_by("id").first():
        raise Invalid(files=f"这张票据已用于 {twin.number}，同一张票据不能报销两次。")
    return row


def _ready(row: PaymentRequest) -> None:
    """What must be there before it goes to the street: vouchers, quotes, the year's end (⑥ ③ ⑤ of domain-rules 10.2)."""
    if not vouchers_of(row).exists():
        raise Invalid("请先上传票据（发票、合同或收据），没有票据不能支付。")
    if row.amount_fen >= policy("funding.quotes_from_fen"):
        needed = policy("funding.quotes_needed")
        if len({quote["name"].strip() for quote in row.quotes}) < needed and not row.collective:
            limit = yuan(policy("funding.quotes_from_fen"))
            raise Invalid(f"单笔 {limit} 元及以上，须有 {needed} 家比价或集体决策说明。")
    month, day = (int(part) for part in policy("funding.late_from").split("-"))
    today, most = clock.today(), policy("funding.late_most_fen")
    if (today.month, today.day) >= (month, day) and row.amount_fen > most:
        raise Invalid(f"{month} 月 {day} 日起限额支付，单笔不超过 {yuan(most)} 元，其余请结转下年支付。")


def warnings_of(row: PaymentRequest) -> list[str]:
    """What an approver should see: too much for one payee within the year (④), a bid that was not the lowest, a line overspent.

    One payee is one name or one account; with the year's first payment there is nothing to compare with yet.
    """
    found = []
    year = PaymentRequest.objects.filter(community_id=row.community_id, year=row.year, fund=row.fund, status__in=LIVE)
    whole = _kept(year.exclude(pk=row.pk)) + row.amount_fen
    same = Q(supplier__name=row.supplier.name) | Q(supplier__account=row.supplier.account)
    one = _kept(year.filter(same).exclude(pk=row.pk))
    percent = 100 * (one + row.amount_fen) / whole
    if whole > row.amount_fen and percent > policy("funding.supplier_percent"):
        found.append(
            f"本年付给“{row.supplier}”的占 {percent:.0f}%，超过 {policy('funding.supplier_percent')}% 的预警线。"
        )
    if row.quotes and row.amount_fen > min(quote["fen"] for quote in row.quotes):
        found.append("没有选用最低报价，请核对理由。")
    limit = policy("funding.quotes_from_fen")
    if row.amount_fen < limit <= (whole_fen := together_fen(row)) and not (row.quotes or row.collective):
        found.append(
            f"近 {policy('funding.split_days')} 天向同一收款人申请共 {yuan(whole_fen)} 元，达到须比价的金额，请核对是否拆分。"
        )
    if row.project and (over := _over_line(row)) > 0:
        found.append(f"超过项目预算中“{name_of(row.economic_code)}”一项 {yuan(over)} 元，请核对。")
    return found


def together_fen(row: PaymentRequest) -> int:
    """Fen asked for one payee (one name or one account) within the days of the rule, this request with it.

    A large sum in small pieces is a large sum: it wants the same second person and the same quotes.
    """
    since = clock.now() - timedelta(days=policy("funding.split_days"))
    rows = PaymentRequest.objects.filter(
        Q(supplier__name=row.supplier.name) | Q(supplier__account=row.supplier.account),
        community_id=row.community_id, fund=row.fund, project_id=row.project_id, status__in=LIVE, created_at__gte=since,
    ).exclude(pk=row.pk)  # fmt: skip
    return _kept(rows) + row.amount_fen


def _over_line(row: PaymentRequest) -> int:
    """Fen by which what is asked for under this code exceeds the project's budget of it."""
    budget = row.project.lines.filter(economic_code=row.economic_code).aggregate(fen=Sum("fen", default=0))["fen"]
    asked = row.project.payments.filter(economic_code=row.economic_code, status__in=LIVE).exclude(pk=row.pk)
    return _kept(asked) + row.amount_fen - budget


def _kept(rows: QuerySet[PaymentRequest]) -> int:
    """Fen of some payments without what came back."""
    return rows.aggregate(fen=Sum(F("amount_fen") - F("refunded_fen"), default=0))["fen"]


@transaction.atomic
def payment_step(
    *, payment: PaymentRequest, action: str, by: Actor, note: str = "", version: int | None = None
) -> PaymentRequest:
    """submit, return, approve, first, second, pay, bounce, cancel; the books follow. Raises DomainError."""
    before = payment.status
    row = PAYMENT_FLOW.fire(payment, action, by=by, note=note, version=version, changes=_changes(payment, action, by))
    if action in ("submit", "approve", "second"):
        _still_open(row)
    if row.status == PaymentStatus.APPROVED:
        _post(row, by, JournalKind.RESERVE, purse_of(row), reserved(row))
    elif action == "pay":
        _post(row, by, JournalKind.PAY, reserved(row), paid(row))
    elif action == "bounce" or (action == "cancel" and before == PaymentStatus.APPROVED):
        _post(row, by, JournalKind.UNRESERVE, reserved(row), purse_of(row))
    limits_follow(row)
    emit(f"paymentrequest.{action}", payment=row, by=by, note=note)
    return row


def _changes(payment: PaymentRequest, action: str, by: Actor) -> dict:
    """What a step writes besides the state."""
    if action == "submit":
        _ready(payment)
        large = together_fen(payment) >= policy("funding.second_from_fen")
        # A returned request starts without signatures.
        PaymentRequest.objects.filter(pk=payment.pk, status=PaymentStatus.DRAFT).update(needs_second=large)
        return {"warnings": warnings_of(payment)}
    if action in ("approve", "first"):
        return {"approved_by_id": by.user_id, "approved_label": by.label[:120]}
    if action == "second":
        return {"second_by_id": by.user_id, "second_label": by.label[:120]}
    if action == "return":
        return {"approved_by_id": None, "approved_label": ""}
    return {"settled_at": clock.now()} if action in ("pay", "bounce") else {}


def _still_open(row: PaymentRequest) -> None:
    """A project that was accepted or ended meanwhile pays no more."""
    if (
        row.project_id
        and Project.objects.values_list("status", flat=True).get(pk=row.project_id) != ProjectStatus.IMPLEMENTING
    ):
        raise Conflict("项目不在实施中，不能再支付。")


def purse_of(row: PaymentRequest) -> Account:
    """The project's money, or the community's own of that fund."""
    if row.project:
        return allotment(row.project)
    return account_for(kind=AccountKind.AVAILABLE, fund=row.fund, year=row.year, community=row.community)


def _by_code(row: PaymentRequest, kind: str) -> Account:
    return account_for(
        kind=kind, fund=row.fund, year=row.year, community=row.community, economic_code=row.economic_code,
        project=row.project.number if row.project else "",
    )  # fmt: skip


def reserved(row: PaymentRequest) -> Account:
    """What is on its way to payees of this purpose."""
    return _by_code(row, AccountKind.RESERVED)


def paid(row: PaymentRequest) -> Account:
    """What payees of this purpose have got."""
    return _by_code(row, AccountKind.PAID)


def _post(row: PaymentRequest, by: Actor, kind: str, frm: Account, to: Account) -> None:
    journal_post(
        by=by, kind=kind, memo=f"{row.supplier}：{row.purpose}", legs=move(frm, to, row.amount_fen), document=row,
        key=f"payment:{row.pk}:{kind}:{row.version if kind == JournalKind.UNRESERVE else ''}", is_synthetic=row.is_synthetic,
    )  # fmt: skip
