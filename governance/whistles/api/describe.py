"""Says what the pages' filters take, in words and types, where the schema's generator could only guess."""

import django_filters as filters
from drf_spectacular.utils import extend_schema_field

from ..filters import FlagFilter

TYPES = (
    ((FlagFilter, filters.BooleanFilter), {"type": "boolean"}),
    ((filters.DateFilter,), {"type": "string", "format": "date"}),
)


def describe(filterset: type[filters.FilterSet]) -> type[filters.FilterSet]:
    """Attach type, choices and label to every filter of a set; returns the set."""
    for field in filterset.base_filters.values():
        extend_schema_field(_schema(field) | {"description": str(field.label or "")})(field)
    return filterset


def _schema(field: filters.Filter) -> dict:
    """The JSON type of one filter."""
    for kinds, schema in TYPES:
        if isinstance(field, kinds):
            return dict(schema)
    choices = field.extra.get("choices") if isinstance(field, filters.ChoiceFilter) else None
    longest = field.extra.get("max_length")
    limits = {"enum": [str(value) for value, _label in choices]} if choices else {}
    return {"type": "string", **limits, **({"maxLength": longest} if longest else {})}
