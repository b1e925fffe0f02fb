"""The catalogue: loaded once from data/elements.toml, revised version by version."""

import tomllib
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from governance.kernel import audit, clock
from governance.kernel.actor import Actor
from governance.kernel.errors import Conflict, Invalid
from governance.kernel.permission import require

from ..models import DataElement
from ..states import Kind

DATA = Path(__file__).resolve().parent.parent / "data" / "elements.toml"
SINCE = date(2024, 1, 1)
REVISABLE = (
    "name", "choices", "source", "source_name", "trade", "frequency", "ttl_days", "sharing", "sensitivity",
)  # fmt: skip


def _element(theme: str, common: dict, row: dict) -> DataElement:
    facts = {**common, **row}
    return DataElement(
        code=facts["code"], name=facts["name"], theme=theme, kind=facts["kind"], choices=facts.get("choices", []),
        measure=facts.get("measure", ""), source=facts["source"], source_name=facts["from"], trade=facts["trade"],
        frequency=facts["frequency"], ttl_days=facts["ttl"], sharing=facts["sharing"], sensitivity=facts["sensitivity"],
        valid_from=SINCE,
    )  # fmt: skip


@transaction.atomic
def elements_load() -> int:
    """Load the catalogue where a code is not there yet; revisions are never overwritten. Returns how many were added."""
    tree = tomllib.loads(DATA.read_text(encoding="utf-8"))
    known = set(DataElement.objects.values_list("code", flat=True))
    rows = [
        _element(group.get("theme", name), {k: v for k, v in group.items() if k != "rows"}, row)
        for name, group in tree.items()
        for row in group["rows"]
        if row["code"] not in known
    ]
    return len(DataElement.objects.bulk_create(rows))


@transaction.atomic
def element_revise(*, by: Actor, code: str, valid_from: date, seen: date | None = None, **changes) -> DataElement:
    """Add the next version of an element from ``valid_from`` on. Kind, theme and unit of measure stay: they belong to the code.

    ``seen`` is the day on which the version that was looked at began. Raises Forbidden, Invalid (unknown code or field, a value
    that does not fit, nothing changed, a day not after today and the last version's first) and Conflict (a newer one is there).
    """
    require(by, "element.revise")
    last = DataElement.objects.select_for_update().filter(code=code).order_by("-valid_from").first()
    if last is None:
        raise Invalid(code="没有这个数据项。")
    if seen and seen != last.valid_from:
        raise Conflict(f"这个数据项刚刚有了新版（{last.valid_from} 启用），请刷新后再修订。")
    if unknown := [name for name in changes if name not in REVISABLE]:
        raise Invalid(**{name: "类型、主题和计量单位随代码不变；另有含义请用新代码。" for name in unknown})
    if valid_from <= max(last.valid_from, clock.today()):
        raise Invalid(valid_from="新版须自今天之后、上一版启用之后的日期生效。")
    changed = sorted(name for name, value in changes.items() if value != getattr(last, name))
    if changes and not changed:
        raise Invalid("没有任何改动，不必修订。")
    copied = {name: getattr(last, name) for name in (*REVISABLE, "theme", "kind", "measure", "is_example")}
    new = DataElement(code=code, valid_from=valid_from, **{**copied, **changes})
    _check(new)
    last.valid_to = valid_from
    last.save(update_fields=["valid_to"])
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError as error:
        raise Conflict("这个数据项刚刚有了新版，请刷新。") from error
    audit.record(action="dataelement.revise", label="修订数据项", by=by, subject=new, thread=f"element:{code}",
                 data={"from": valid_from.isoformat(), "changed": changed})  # fmt: skip
    return new


def _check(row: DataElement) -> None:
    """Every value fits its column; options belong to the kind 选择. Raises Invalid."""
    try:
        row.clean_fields()
    except ValidationError as error:
        raise Invalid(**{name: "；".join(words) for name, words in error.message_dict.items()}) from error
    if (row.kind == Kind.CHOICE) != bool(row.choices):
        raise Invalid(choices="选择类的数据项须有选项，其他类型没有选项。")
    if row.ttl_days == 0:
        raise Invalid(ttl_days="有效期至少一天。")
