"""Filters of open data, for pages and the API."""

import django_filters as filters

from .dictionary import SOURCES
from .models import OpenDataset
from .states import DatasetStatus

ALL = {"empty_label": "全部"}


def kinds() -> list[tuple[str, str]]:
    """Kinds of data by key."""
    return [(one.key, one.label) for one in SOURCES.values()]


class DatasetFilter(filters.FilterSet):
    """By state and kind."""

    status = filters.ChoiceFilter(label="状态", choices=DatasetStatus.choices, **ALL)
    source = filters.ChoiceFilter(label="数据类别", choices=kinds, **ALL)

    class Meta:
        model = OpenDataset
        fields = ("status", "source")


class PublicDatasetFilter(filters.FilterSet):
    """What anybody may ask for: a kind of data."""

    source = filters.CharFilter(label="数据类别：incidents 或 tickets", field_name="source", max_length=16)

    class Meta:
        model = OpenDataset
        fields = ("source",)
