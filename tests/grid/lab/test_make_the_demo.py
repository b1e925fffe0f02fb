"""The demo's open data: two published sets, a draft that says why it may not out; nothing breaks where there is little."""

from datetime import timedelta

import pytest

from governance.invariants import broken
from grid.lab.demo import open_data_demo_load
from grid.lab.models import OpenDataset
from grid.lab.states import DatasetStatus as S
from tests_support import lab

pytestmark = pytest.mark.django_db


def test_incidents_out_and_a_draft_refused():
    """Only incidents here: the whistles' set has no rows and stays a draft."""
    for place in lab.places()[:2]:
        for month in (8, 9, 10):
            lab.incidents(4, place=place, month=month, days=timedelta(hours=5), verdict="good")
    assert open_data_demo_load(now=lab.NOW + timedelta(days=10)) == 3
    rows = {row.title: row for row in OpenDataset.objects.all()}
    out = rows["网格事件：按月、街道"]
    assert out.status == S.PUBLISHED and out.k_reached >= 5 and out.is_synthetic and out.files.count() == 2
    fine = rows["网格事件：按月、社区、小类"]
    assert fine.status == S.DRAFT and not fine.finding["passed"] and fine.finding["reasons"]
    assert open_data_demo_load() == 0 and not broken()


def test_a_city_without_rows_has_drafts_only():
    assert open_data_demo_load(now=lab.NOW) == 3
    assert set(OpenDataset.objects.values_list("status", flat=True)) == {S.DRAFT}
