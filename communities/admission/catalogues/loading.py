"""The example list of the demonstration: versions 2022, 2024 and 2026 from ``data/*.toml``. Deterministic, marked as example."""

import tomllib
from functools import cache
from pathlib import Path

from django.db import transaction

from governance.kernel.policy import policy
from governance.territory.models import Department

from ..models import AdmissionItem, Catalogue
from ..states import BasisMark, Handling, ItemClass, Place
from .numbers import code_of
from .services import issue

DATA = Path(__file__).resolve().parent.parent / "data"
FORBIDDEN_FROM = 901
FUND_SOURCE = "部门预算（费随事转）"


@cache
def _read(name: str) -> dict:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def _first(place: str) -> dict[str, dict]:
    """The rows of the first version by key, numbered in the files' order."""
    rows = [*_read("common")["items"], *_read(place)["items"]]
    return {row["key"]: {**row, "code": code_of(place, 2022, at)} for at, row in enumerate(rows, 1)}


def _second(first: dict[str, dict], place: str) -> dict[str, dict]:
    """What the revision of 2024 left, merged, renamed and added."""
    rows = {key: {**row, "merged": []} for key, row in first.items() if row["fate"] in ("keep", "change")}
    for row in first.values():
        if row["fate"] == "merge":
            rows[row["into"]]["merged"].append(row["code"])
        if row["fate"] == "change":
            rows[row["key"]]["name"] = row["renamed"]
    added = [row for row in _read("versions")["added"] if place in row["places"]]
    return rows | {row["key"]: {**row, "code": code_of(place, 2024, at)} for at, row in enumerate(added, 1)}


def _third(second: dict[str, dict]) -> dict[str, dict]:
    """The present version: a few are reworded."""
    words = {row["key"]: row["name"] for row in _read("versions")["changed"]}
    return {key: {**row, "merged": [], "name": words.get(key, row["name"])} for key, row in second.items()}


def _basis(row: dict, place: str) -> dict:
    """Document, article and mark; a few follow a model from elsewhere."""
    table = _read("versions")["basis"]
    if row["klass"] == ItemClass.STATUTORY:
        document, article = table[f"{place}_law"]
    elif row["form"] in ("mechanism", "signboard", "app_group"):
        document, article = table["elsewhere"]
        return {"basis_document": document, "basis_article": article, "basis_mark": BasisMark.ELSEWHERE}
    else:
        document, article = table[row["trade"]]
    return {"basis_document": document, "basis_article": article, "basis_mark": BasisMark.DALIAN}


def _item(row: dict, catalogue: Catalogue, departments: dict[str, Department], day) -> AdmissionItem:
    own = row["klass"] == ItemClass.STATUTORY
    hourly = policy("admission.worker_month_fen") / policy("admission.worker_month_hours")
    return AdmissionItem(
        catalogue=catalogue, code=row["code"], place=catalogue.place, name=row["name"], klass=row["klass"], form=row["form"],
        department=departments[row["trade"]], handling=Handling.LEAD if own else Handling.ASSIST, frequency_cap=row["cap"],
        minutes=row["minutes"], fund_per_time_fen=0 if own else round(row["minutes"] / 60 * hourly),
        fund_source="" if own else FUND_SOURCE, information="姓名、住址、联系电话" if row["form"] in ("report", "survey") else "",
        valid_from=day, merged_from=row.get("merged", []), is_example=True, is_synthetic=True, **_basis(row, catalogue.place),
    )  # fmt: skip


def _forbidden(catalogue: Catalogue, departments: dict[str, Department], day) -> list[AdmissionItem]:
    return [
        AdmissionItem(
            catalogue=catalogue, code=code_of(catalogue.place, 2022, at), place=catalogue.place, name=row["name"],
            klass=ItemClass.FORBIDDEN, form=row["form"], department=departments[row["trade"]], handling=Handling.KNOW,
            basis_document=row["document"], basis_article=row["article"], basis_mark=BasisMark.DALIAN, valid_from=day,
            is_example=True, is_synthetic=True,
        )
        for at, row in enumerate(_read("versions")["forbidden"], FORBIDDEN_FROM)
    ]  # fmt: skip


@transaction.atomic
def catalogues_load() -> int:
    """Load the example versions of both kinds of place where there is no list yet. Returns how many items were written."""
    departments = {row.kind: row for row in Department.objects.filter(level="city").order_by("-code")}
    return sum(
        _load(place, departments) for place in Place.values if not Catalogue.objects.filter(place=place).exists()
    )


def _load(place: str, departments: dict[str, Department]) -> int:
    first = _first(place)
    second = _second(first, place)
    count = 0
    for head, rows in zip(_read("versions")["years"], (first, second, _third(second)), strict=True):
        day = head["effective_from"]
        catalogue = Catalogue.objects.create(year=head["year"], place=place, note=head["note"], is_synthetic=True)
        items = [_item(row, catalogue, departments, day) for row in rows.values()]
        count += len(AdmissionItem.objects.bulk_create([*items, *_forbidden(catalogue, departments, day)]))
        issue(catalogue, day, head["document"])
    return count
