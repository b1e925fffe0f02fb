"""Reading a GeoJSON file that somebody uploads: sizes first, so that no bomb is ever built in memory."""

from __future__ import annotations

import json
from typing import Any

from governance.kernel.errors import Invalid
from governance.kernel.policy import policy
from governance.kernel.sheets import MEGABYTE, CellError, SheetRow, Table, shown

from ..geometry import vertices
from .columns import COLUMNS, KINDS

BRACKETS_EACH = 12  # lists of a feature besides those of its points


def read_features(upload) -> Table:
    """One row per feature. Raises Invalid (field ``file``) when the file as a whole is refused."""
    features = _features(_content(upload))
    table = Table(COLUMNS, [], [], [])
    for number, feature in enumerate(features, 1):
        table.rows.append(_row(table, number, feature))
    if sum(row.values["vertices"] for row in table.rows) > policy("grid.import.max_vertices"):
        raise Invalid(file=f"折点超过 {policy('grid.import.max_vertices')} 个，请分批导入或先简化。")
    return table


def _content(upload) -> bytes:
    """The bytes, when there are not too many of them nor too many lists in them."""
    most = policy("grid.import.max_megabytes")
    if upload.size > most * MEGABYTE:
        raise Invalid(file=f"文件超过 {most} MB，请分批导入。")
    upload.seek(0)
    content = upload.read(most * MEGABYTE + 1)
    brackets = policy("grid.import.max_vertices") + BRACKETS_EACH * policy("grid.import.max_features")
    if content.count(b"[") > brackets or content.count(b"{") > brackets:
        raise Invalid(file=f"折点超过 {policy('grid.import.max_vertices')} 个，请分批导入或先简化。")
    return content


def _features(content: bytes) -> list:
    """The features of the collection."""
    try:
        data = json.loads(content.decode("utf-8-sig"), parse_constant=_no_constant)
    except RecursionError:
        raise Invalid(file="文件嵌套过深，不是有效的 GeoJSON。") from None
    except ValueError:
        raise Invalid(file="文件不是有效的 GeoJSON（UTF-8 编码的 JSON）。") from None
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or data.get("type") != "FeatureCollection":
        raise Invalid(file="文件须为 GeoJSON FeatureCollection。")
    if not features:
        raise Invalid(file="文件里没有边界。")
    if len(features) > policy("grid.import.max_features"):
        raise Invalid(file=f"边界超过 {policy('grid.import.max_features')} 个，请分批导入。")
    return features


def _no_constant(name: str):
    raise ValueError(name)


def _row(table: Table, number: int, feature: Any) -> SheetRow:
    """A feature's properties and geometry; what cannot be read becomes an error and a None."""
    feature = feature if isinstance(feature, dict) else {}
    sent = feature.get("properties")
    sent = sent if isinstance(sent, dict) else {}
    geometry = feature.get("geometry") if isinstance(feature.get("geometry"), dict) else {}
    count = vertices(geometry)

    def wrong(label: str, value: Any, message: str) -> None:
        table.errors.append(CellError(number, label, shown(value), message))

    values: dict[str, Any] = {
        column.name: _text(sent.get(column.name), column, wrong)
        for column in COLUMNS
        if column.name not in ("households", "is_sketch", "ended", "shape")
    }
    values["kind"] = values["kind"] or "base"
    if values["kind"] not in KINDS:
        wrong("类型", values["kind"], "类型须为 base、special 或 community")
    values["households"] = _whole(sent.get("households"), wrong)
    values["is_sketch"] = _flag("示意", sent.get("is_sketch"), wrong)
    values["ended"] = _flag("停用", sent.get("ended"), wrong)
    if count > policy("grid.import.max_vertices_each"):
        wrong("边界", f"{count} 个折点", f"一个边界最多 {policy('grid.import.max_vertices_each')} 个折点")
    return SheetRow(number, values | {"vertices": count, "geometry": geometry, "shape": f"{count} 个折点"})


def _text(value: Any, column, wrong) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        wrong(column.label, value, "应为文字")
        return None
    text = str(value).strip()
    if len(text) > column.max_length or any(ord(letter) < 32 for letter in text):
        wrong(column.label, text, f"最多 {column.max_length} 个字，不能含换行")
        return None
    return text


def _whole(value: Any, wrong) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**6:
        wrong("户数", value, "应为不大于 999999 的整数")
        return None
    return value


def _flag(label: str, value: Any, wrong) -> bool:
    if not (value is None or isinstance(value, bool)):
        wrong(label, value, "应为 true 或 false")
    return value is True
