"""What the world may read of a category and of a request (docs/open311.md says why no more)."""

from datetime import datetime

from governance.kernel.ui.formats import local
from governance.territory.models import Category
from grid.incidents.models import Incident
from grid.incidents.states import OPEN, HandlingLevel

COARSE = 3  # decimals of a degree: about a hundred metres, a neighbourhood and no door


def services() -> list[dict]:
    """The service list: the small categories in use, by code."""
    return [_service(row) for row in categories().order_by("code")]


def categories():
    """The categories that can be reported."""
    return Category.objects.filter(is_active=True).exclude(parent=None).select_related("parent")


def _service(row: Category) -> dict:
    return {
        "service_code": row.code, "service_name": row.name, "description": f"{row.parent.name}：{row.name}",
        "metadata": False, "type": "realtime", "keywords": "", "group": row.parent.name,
    }  # fmt: skip


def definition(row: Category) -> dict:
    """No category asks more than the request itself (metadata is false)."""
    return {"service_code": row.code, "attributes": []}


def request_of(row: Incident) -> dict:
    """One request: no words, no address, no door, no person, no time limit."""
    return {
        "service_request_id": row.number,
        "status": "open" if row.status in OPEN else "closed",
        "status_notes": row.get_status_display() + ("（演示数据）" if row.is_synthetic else ""),
        "service_name": row.category.name, "service_code": row.category.code,
        "description": None, "agency_responsible": _agency(row), "service_notice": None,
        "requested_datetime": _moment(row.reported_at), "updated_datetime": _moment(_updated(row)),
        "expected_datetime": None, "address": f"{row.community.name}，{row.street.name}", "address_id": None,
        "zipcode": None, "lat": _coarse(row.lat), "long": _coarse(row.lon), "media_url": None,
    }  # fmt: skip


def _agency(row: Incident) -> str | None:
    if row.level == HandlingLevel.DEPARTMENT:
        return row.department.name if row.department else None
    if not row.level:
        return None
    return row.street.name if row.level == HandlingLevel.STREET else row.community.name


def _updated(row: Incident) -> datetime:
    return row.closed_at or max(filter(None, (row.reported_at, row.accepted_at, row.handled_at)))


def _moment(value: datetime) -> str:
    return local(value).isoformat(timespec="seconds")


def _coarse(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, COARSE)
