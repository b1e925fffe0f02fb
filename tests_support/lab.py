"""Incidents, cuts and applications for the lab's tests."""

from datetime import date, datetime

from django.utils import timezone

from governance.territory.models import Category, Division
from grid.incidents.models import Evaluation, Incident
from grid.lab.cuts import Cut
from grid.lab.models import OpenDataset
from grid.lab.services import Application, dataset_draft, dataset_publish

from . import stories

NOW = timezone.make_aware(datetime(2026, 11, 24, 10))
START, END = date(2026, 7, 1), date(2026, 9, 30)
_count = iter(range(1, 10**9))


def places(street=None) -> list[Division]:
    """The communities of a street (the stories' own by default)."""
    return list(Division.objects.communities().filter(street=street or stories.street()).order_by("code12"))


def small(number: int = 0) -> Category:
    """A small category; those of different tens have different large ones, mostly."""
    return list(Category.objects.exclude(parent=None).order_by("code"))[number]


def incidents(
    count: int, *, place=None, month: int = 7, year: int = 2026, category=None, verdict="", days=None, **more
) -> list[Incident]:
    """Rows as they would stand there, past the services: what they say does not matter here."""
    place, at = place or places()[0], timezone.make_aware(datetime(year, month, 10, 9))
    rows = Incident.objects.bulk_create(
        Incident(
            number=f"LAB-{next(_count)}", community=place, street_id=place.street_id, unit_id=place.unit_id,
            category=category or small(), words="张三 13800138000", place="1 号楼", reported_at=at,
            closed_at=at + days if days else None, is_synthetic=True, **more,
        )
        for _ in range(count)
    )  # fmt: skip
    if verdict:
        Evaluation.objects.bulk_create(Evaluation(incident=row, level="community", verdict=verdict) for row in rows)
    return rows


def cut(**more) -> Cut:
    """By month and street, unless said otherwise: ``levels`` as a dict."""
    levels = more.pop("levels", {"period": "month", "place": "street"})
    return Cut(**{"source": "incidents", "start": START, "end": END, **more}, levels=tuple(levels.items()))


def asked(**more) -> Application:
    """A university's application."""
    return Application(
        **{
            "title": "网格事件", "institution": "东海大学（演示）", "purpose": "研究用时", "until": date(2027, 12, 31),
            "licence_accepted": True, **more,
        }
    )  # fmt: skip


def drafted(actors, **more) -> OpenDataset:
    """A checked draft of a cut."""
    return dataset_draft(by=actors.city, application=asked(), cut=cut(**more))


def published(actors, **more) -> OpenDataset:
    """The same, out."""
    return dataset_publish(dataset=drafted(actors, **more), by=actors.city)
