"""A draft and a published open data set, for the access matrix."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

from governance.kernel import clock
from governance.kernel.actor import Actor, Post
from grid.lab import services
from grid.lab.cuts import Cut, last_closed
from grid.lab.services import Application

from . import lab


def build(world: SimpleNamespace, relations: tuple[str, ...], setting: Callable, people: Callable) -> None:
    """``world.open_draft`` passes its check; ``world.open_data`` is out."""
    by = Actor("市办", user_id=world.cast.city.pk, posts=(Post("city_office"),))
    end = last_closed()
    start = date(end.year, end.month, 1)
    lab.incidents(7, month=end.month, year=end.year)
    cut = Cut("incidents", (("period", "month"), ("place", "street")), start, end)
    asked = Application("网格事件", "东海大学", "研究", clock.today() + timedelta(days=90), True)
    world.open_data = services.dataset_publish(dataset=services.dataset_draft(by=by, application=asked, cut=cut), by=by)
    world.open_draft = services.dataset_draft(by=by, application=asked, cut=cut)


def samples(of: Callable, one: Callable) -> dict:
    """How to address them."""
    draft = one(lambda world: {"pk": world.open_draft.pk})
    out = one(lambda world: {"pk": world.open_data.pk})
    return {
        "open-dataset": draft, "open-dataset-edit": draft,
        "open-dataset-action": one(lambda world: {"pk": world.open_draft.pk, "action": "publish"}),
        "open-dataset-new": one(lambda world: {"source": "incidents"}), "open-data-set": out, "api-open-dataset-detail": out,
        "open-data-file": one(lambda world: {"pk": world.open_data.pk, "kind": "parquet"}),
        "api-open-data-dictionary-detail": one(lambda world: {"key": "tickets"}),
    }  # fmt: skip
