"""What the slices below know about projects and payments, as the public may read it."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet, Sum

from funding.ledger.codes import name_of
from funding.ledger.models import Account, Journal
from funding.ledger.states import AccountKind
from funding.projects.models import PaymentRequest, Project
from funding.projects.selectors import money_of
from funding.projects.states import ProjectStatus
from governance.territory.models import Division

from .masking import harmless, payee_name

PAYMENT = PaymentRequest._meta.model_name
# From the publication of the decision on; what was only talked about is not shown.
SHOWN = (
    ProjectStatus.PUBLICISED, ProjectStatus.REVIEWING, ProjectStatus.FILING, ProjectStatus.IMPLEMENTING, ProjectStatus.ACCEPTED,
    ProjectStatus.FINAL, ProjectStatus.ARCHIVED, ProjectStatus.TERMINATED,
)  # fmt: skip

ENDED = (ProjectStatus.FINAL, ProjectStatus.ARCHIVED, ProjectStatus.TERMINATED)


def payees_of(journals: Sequence[Journal]) -> dict[int, dict]:
    """{journal's pk: {"payee", "purpose"}} of those that a payment request stands behind."""
    behind = {journal.pk: journal.document_id for journal in journals if journal.document_type == PAYMENT}
    if not behind:
        return {}
    rows = PaymentRequest.objects.filter(pk__in=set(behind.values())).values_list("pk", "supplier__name", "purpose")
    told = {pk: {"payee": payee_name(name), "purpose": harmless(purpose)} for pk, name, purpose in rows}
    return {journal: told[pk] for journal, pk in behind.items() if pk in told}


def shown(community: Division) -> QuerySet[Project]:
    """The projects that anybody may read: those that were decided, and whatever has had money, also while it is changed."""
    return Project.objects.filter(Q(status__in=SHOWN) | Q(filed_at__isnull=False), community=community)


def projects_of(community: Division, year: int) -> list[dict]:
    """The community's projects of a year in public words, newest first."""
    rows = list(shown(community).filter(year=year).prefetch_related("acceptances").order_by("-id"))
    if not rows:
        return []
    accounts = (
        Account.objects.filter(community=community, year=year, kind=AccountKind.PAID).exclude(project="").order_by()
    )
    paid = dict(accounts.values_list("project").annotate(fen=Sum("balance_fen")))
    return [
        {
            "number": row.number, "title": harmless(row.title), "category": row.get_category_display(),
            "state": row.get_status_display(), "budget_fen": row.budget_fen, "paid_fen": paid.get(row.number, 0),
            "acceptance": _accepted(list(row.acceptances.all())),
        }
        for row in rows
    ]  # fmt: skip


def _accepted(rows: list) -> str:
    """The last acceptance in words; "" before there is one."""
    if not rows:
        return ""
    last = max(rows, key=lambda row: row.pk)
    return f"{'通过' if last.passed else '未通过'}，{last.asked} 人评议、{last.satisfied} 人满意（{last.held_on}）"


def final_account(project: Project) -> dict:
    """A project as the public reads it: by code what was budgeted and paid, the meetings' votes, publications, acceptance.

    Neither minutes nor names; amounts are integer fen.
    """
    fen, rows = money_of(project), project.deliberations.filter(round=project.round).order_by("id")
    spent = fen["paid"]
    return {
        "lines": _by_code(project), "paid_fen": spent, "held_fen": fen["project"] + fen["reserved"],
        "returned_fen": project.budget_fen - spent - fen["project"] - fen["reserved"] if project.status in ENDED else None,
        "meetings": list(rows),
        "notices": [
            {"row": row, "place": harmless(row.place), "words": harmless(row.words)}
            for row in project.notices.filter(round=project.round).order_by("id")
        ],
        "acceptances": [
            {"row": row, "words": harmless(row.words)} for row in project.acceptances.order_by("-id")
        ],
        "title": harmless(project.title), "purpose": harmless(project.purpose), "idea_from": harmless(project.idea_from),
    }  # fmt: skip


def _by_code(project: Project) -> list[dict]:
    """Budget and payments side by side, by code."""
    rows = Account.objects.filter(project=project.number, kind=AccountKind.PAID).order_by()
    paid = dict(rows.values_list("economic_code").annotate(fen=Sum("balance_fen")))
    found: dict[str, dict] = {}
    for line in project.lines.all():
        one = found.setdefault(
            line.economic_code, {"name": line.code_name, "words": [], "budget_fen": 0, "paid_fen": 0}
        )
        one["budget_fen"] += line.fen
        one["words"].append(harmless(line.words))
    for code, fen in paid.items():
        found.setdefault(code, {"name": name_of(code), "words": [], "budget_fen": 0, "paid_fen": 0})["paid_fen"] = fen
    return [found[code] for code in sorted(found)]
