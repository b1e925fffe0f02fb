"""年度评估: next year's draft, its decisions, and the issue that replaces the version in force."""

from datetime import date

import pytest

from communities.admission.catalogues.loading import catalogues_load
from communities.admission.catalogues.selectors import catalogue_diff, catalogue_in_force
from communities.admission.catalogues.services import Decision, catalogue_draft, catalogue_issue, item_decide
from communities.admission.models import AdmissionItem, Catalogue
from governance.kernel.errors import Conflict, Forbidden, Invalid

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2027, 1, 1)


@pytest.fixture
def present():
    catalogues_load()
    return catalogue_in_force("urban")


def codes(catalogue):
    return list(catalogue.items.exclude(klass="forbidden").order_by("code").values_list("code", flat=True))


def test_keep_change_merge_drop(present, actors):
    one, two, three, four = codes(present)[:4]
    draft = catalogue_draft(
        by=actors.city, place="urban", year=2027,
        decisions={
            one: Decision("change", changes={"name": "改写后的事项"}), two: Decision("merge", into=three), four: Decision("drop"),
        },
    )  # fmt: skip
    diff = catalogue_diff(present, draft)
    assert [pair.new.name for pair in diff.reworded] == ["改写后的事项"]
    assert [(pair.old.code, pair.into.code) for pair in diff.merged] == [(two, three)]
    assert [row.code for row in diff.dropped] == [four]
    assert (diff.before, diff.after) == (66, 64)


def test_deciding_again_replaces(present, actors):
    one, two = codes(present)[:2]
    draft = catalogue_draft(by=actors.city, place="urban", year=2027)
    for decision in (Decision("merge", into=two), Decision("drop"), Decision("keep")):
        item_decide(draft=draft, by=actors.city, code=one, decision=decision)
    diff = catalogue_diff(present, draft)
    assert len(diff.kept) == 66
    assert draft.items.get(code=two).merged_from == []


def test_what_took_others_in_cannot_go(present, actors):
    one, two = codes(present)[:2]
    draft = catalogue_draft(by=actors.city, place="urban", year=2027, decisions={one: Decision("merge", into=two)})
    with pytest.raises(Invalid, match=one):
        item_decide(draft=draft, by=actors.city, code=two, decision=Decision("drop"))


@pytest.mark.parametrize(
    "decision", [Decision("merge", into="SQ-U-2099-001"), Decision("change"), Decision("nonsense"), Decision("merge")]
)
def test_a_decision_without_sense_is_refused(present, actors, decision):
    draft = catalogue_draft(by=actors.city, place="urban", year=2027)
    with pytest.raises(Invalid):
        item_decide(draft=draft, by=actors.city, code=codes(present)[0], decision=decision)
    assert len(codes(draft)) == 66


def test_issue_replaces_the_former_version(present, actors):
    draft = catalogue_draft(by=actors.city, place="urban", year=2027)
    catalogue_issue(catalogue=draft, by=actors.city, effective_from=NEW_YEAR, document="示例〔2027〕1 号")
    present.refresh_from_db()
    assert (present.status, present.effective_to) == ("replaced", NEW_YEAR)
    assert not present.items.exclude(valid_to=NEW_YEAR).exists()
    assert catalogue_in_force("urban").pk == draft.pk
    assert AdmissionItem.objects.in_force(NEW_YEAR).filter(place="urban").count() == 66
    assert AdmissionItem.objects.in_force(date(2026, 12, 31)).filter(place="urban").count() == 66


def test_a_refused_issue_leaves_everything(present, actors):
    draft = catalogue_draft(by=actors.city, place="urban", year=2027)
    with pytest.raises(Invalid):
        catalogue_issue(catalogue=draft, by=actors.city, effective_from=present.effective_from, document="文号")
    with pytest.raises(Invalid):
        catalogue_issue(catalogue=draft, by=actors.city, effective_from=NEW_YEAR, document=" ")
    assert catalogue_in_force("urban").pk == present.pk
    assert not present.items.exclude(valid_to=None).exists()


def test_one_draft_at_a_time_and_only_a_later_year(present, actors):
    with pytest.raises(Invalid):
        catalogue_draft(by=actors.city, place="urban", year=2026)
    catalogue_draft(by=actors.city, place="urban", year=2027)
    with pytest.raises(Conflict):
        catalogue_draft(by=actors.city, place="urban", year=2028)


def test_an_issued_list_is_not_decided_on(present, actors):
    with pytest.raises(Conflict):
        item_decide(draft=present, by=actors.city, code=codes(present)[0], decision=Decision("drop"))


@pytest.mark.parametrize("name", ["social", "dept", "staff", "community", "adjudicator", "auditor", "outsider"])
def test_only_the_city_office_reviews(present, actors, name):
    with pytest.raises(Forbidden):
        catalogue_draft(by=getattr(actors, name), place="urban", year=2027)
    draft = catalogue_draft(by=actors.city, place="urban", year=2027)
    with pytest.raises(Forbidden):
        catalogue_issue(catalogue=draft, by=getattr(actors, name), effective_from=NEW_YEAR, document="文号")
    assert Catalogue.objects.get(pk=draft.pk).status == "draft"
