"""The example list: its counts, its marks, and that loading twice changes nothing."""

import pytest

from communities.admission.catalogues.loading import catalogues_load
from communities.admission.catalogues.selectors import catalogue_diff, catalogue_in_force, issued_items
from communities.admission.models import AdmissionItem, Catalogue
from communities.admission.states import CatalogueStatus, ItemClass

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("place", "first", "present", "reduction"), [("urban", 102, 66, 35.29), ("rural", 143, 80, 44.06)]
)
def test_the_reported_reduction_is_reproduced(place, first, present, reduction):
    catalogues_load()
    old = Catalogue.objects.get(place=place, year=2022)
    for new in Catalogue.objects.filter(place=place, year__gt=2022):
        diff = catalogue_diff(old, new)
        assert (diff.before, diff.after, diff.reduction) == (first, present, reduction)
        assert diff.added and diff.reworded and diff.merged and diff.dropped
        assert catalogue_diff(new, old) == diff


def test_a_second_load_changes_nothing():
    assert catalogues_load() > 0
    before = list(AdmissionItem.objects.order_by("id").values_list("id", "code", "name", "valid_to"))
    assert catalogues_load() == 0
    assert list(AdmissionItem.objects.order_by("id").values_list("id", "code", "name", "valid_to")) == before


def test_it_is_marked_and_complete():
    catalogues_load()
    assert not AdmissionItem.objects.exclude(is_example=True, is_synthetic=True).exists()
    assert not AdmissionItem.objects.filter(basis_document="").exists()
    assert {row.basis_mark for row in AdmissionItem.objects.all()} == {"dalian", "elsewhere"}
    for place in ("urban", "rural"):
        present = catalogue_in_force(place)
        assert present.status == CatalogueStatus.IN_FORCE
        assert present.items.filter(klass=ItemClass.FORBIDDEN).count() == 3
        assert issued_items(present).filter(minutes=0).count() == 0


def test_former_versions_end_on_the_day_the_next_begins():
    catalogues_load()
    for old in Catalogue.objects.exclude(status=CatalogueStatus.IN_FORCE):
        following = Catalogue.objects.filter(place=old.place, year__gt=old.year).order_by("year").first()
        assert old.status == CatalogueStatus.REPLACED
        assert old.effective_to == following.effective_from
        assert set(old.items.values_list("valid_to", flat=True)) == {following.effective_from}
