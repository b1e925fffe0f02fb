"""What the slices below know about projects and payments, as the reports need it."""

from collections import defaultdict

from django.db.models import Q, Sum
from django.utils import timezone

from funding.ledger.models import Account, Entry
from funding.ledger.states import AccountKind, JournalKind
from funding.projects.models import Acceptance, BudgetLine, PaymentRequest, Project
from funding.projects.states import Category, PaymentStatus, ProjectStatus
from governance.kernel.actor import Actor
from governance.kernel.metrics import Figure, rate

from .facts import Payment
from .scope import Scope

FILED = (
    ProjectStatus.IMPLEMENTING,
    ProjectStatus.ACCEPTED,
    ProjectStatus.FINAL,
    ProjectStatus.ARCHIVED,
    ProjectStatus.TERMINATED,
)
PAYMENT = PaymentRequest._meta.model_name


def projects(scope: Scope, prefix: str = "") -> Q:
    """Projects of the scope, or rows that belong to one."""
    found = scope.within(prefix) & Q(**{f"{prefix}year": scope.year})
    if scope.fund:
        found &= Q(**{f"{prefix}fund": scope.fund})
    return found & Q(**{f"{prefix}number": scope.project}) if scope.project else found


def payments(scope: Scope) -> Q:
    """Requests for payment of the scope."""
    found = scope.within() & Q(year=scope.year)
    if scope.fund:
        found &= Q(fund=scope.fund)
    return found & Q(project__number=scope.project) if scope.project else found


def budget_by_code(scope: Scope) -> dict[str, int]:
    """Fen budgeted by filed projects, by economic code."""
    rows = BudgetLine.objects.filter(projects(scope, "project__"), project__status__in=FILED).order_by()
    return dict(rows.values_list("economic_code").annotate(total=Sum("fen")))


def payments_of(scope: Scope, actor: Actor) -> list[Payment]:
    """Payments of the scope that were neither taken back nor sent back; who sees them is up to ``actor``."""
    return _requested(scope, actor) + _posted(scope, actor)


def _requested(scope: Scope, actor: Actor) -> list[Payment]:
    """Those that a request stands behind."""
    rows = PaymentRequest.objects.visible_to(actor).filter(payments(scope), status=PaymentStatus.PAID)
    return [
        Payment(
            row.community_id, str(row.community), row.supplier.name, row.amount_fen - row.refunded_fen,
            timezone.localdate(row.settled_at),
            str(row), row.get_absolute_url(),
        )
        for row in rows.filter(settled_at__isnull=False).select_related("supplier", "community").order_by("settled_at", "id")
    ]  # fmt: skip


def _posted(scope: Scope, actor: Actor) -> list[Payment]:
    """Those that the books alone know."""
    rows = Entry.objects.visible_to(actor).filter(
        scope.accounts("account__"), account__kind=AccountKind.PAID, fen__gt=0, journal__kind=JournalKind.PAY,
        journal__reversed_by=None,
    ).exclude(journal__document_type=PAYMENT)  # fmt: skip
    return [
        Payment(
            row.account.community_id, str(row.account.community), "", row.fen, row.journal.day,
            row.journal.document_label or str(row.journal), row.journal.get_absolute_url(),
        )
        for row in rows.select_related("journal", "account__community").order_by("journal__day", "id")
    ]  # fmt: skip


def paid_by_category(scope: Scope, actor: Actor) -> dict[str, int]:
    """Fen paid from projects, by their category's label; categories in their own order."""
    accounts = (
        Account.objects.visible_to(actor).filter(scope.accounts(), kind=AccountKind.PAID).exclude(project="").order_by()
    )
    paid = dict(accounts.values_list("project").annotate(fen=Sum("balance_fen")))
    found: dict[str, int] = defaultdict(int)
    for number, category in Project.objects.filter(number__in=list(paid)).values_list("number", "category"):
        found[category] += paid[number]
    return {name.label: found[name.value] for name in Category if found.get(name.value)}


def satisfaction(scope: Scope, actor: Actor) -> Figure:
    """People who were content, of those asked when projects were accepted."""
    rows = Acceptance.objects.filter(projects(scope, "project__"), project__in=Project.objects.visible_to(actor))
    sums = rows.aggregate(asked=Sum("asked", default=0), satisfied=Sum("satisfied", default=0))
    return rate("funding.accepted", sums["satisfied"], sums["asked"])
