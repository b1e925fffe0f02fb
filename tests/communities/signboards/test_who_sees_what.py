"""Scope: who sees which board, campaign, line, rectification and re-check."""

import pytest
from django.http import Http404

from communities.signboards.models import Rectification, Signboard, SignboardAudit, SignboardAuditItem, SignboardRecheck

pytestmark = pytest.mark.django_db
SEE = {
    "leader", "staff", "social", "adjudicator", "finance", "city", "community", "grid_worker", "auditor", "dept", "dept_head",
    "city_dept",
}  # fmt: skip
ALL = SEE | {
    "building_head", "liaison", "sysadmin", "secadmin", "sibling_leader", "sibling_staff", "foreign_staff", "foreign_adjudicator",
    "foreign_social", "assistant_dept", "other_dept", "station", "foreign_dept", "sibling_community", "outsider",
}  # fmt: skip
CAMPAIGN = SEE | {"sibling_leader", "sibling_staff"}  # the streets of the district register for it
SIBLING = {
    "social",
    "adjudicator",
    "finance",
    "city",
    "auditor",
    "sibling_leader",
    "sibling_staff",
    "dept",
    "dept_head",
    "city_dept",
}


def seen(model, row, actors) -> set[str]:
    """Everybody to whom the row exists."""
    return {who for who in ALL if model.objects.visible_to(getattr(actors, who)).filter(pk=row.pk).exists()}


def test_the_cast_is_complete(cast):
    assert set(vars(cast)) == ALL


def test_a_board_with_its_case_and_its_recheck(actors, make_rectification, make_recheck):
    case, recheck = make_rectification(), make_recheck()
    assert seen(Rectification, case, actors) == SEE
    assert seen(SignboardRecheck, recheck, actors) == SEE
    assert seen(Signboard, recheck.board, actors) == SEE


def test_a_campaign_is_seen_by_its_districts_streets_and_its_lines_only_where_they_are(actors, make_audit):
    audit = make_audit("comparing")
    assert seen(SignboardAudit, audit, actors) == CAMPAIGN
    assert seen(SignboardAuditItem, audit.items.first(), actors) == SEE


def test_a_board_of_the_sibling_street(actors, facts, sibling_street):
    from communities.signboards import services
    from governance.territory.models import Division

    place = Division.objects.filter(street=sibling_street).order_by("code12").first()
    board = services.signboard_register(by=actors.sibling_staff, facts=facts(community=place))
    assert seen(Signboard, board, actors) == SIBLING


def test_an_invisible_board_does_not_exist(actors, make_board):
    for key in (make_board().pk, 0, 10**30, "x"):
        with pytest.raises(Http404):
            Signboard.objects.get_visible(actors.foreign_staff, pk=key)


def test_a_rectification_of_a_whole_street_shows_its_boards_by_scope(actors, make_audit):
    audit = make_audit("rectifying")
    case = audit.rectifications.get()
    assert case.community is None
    assert "community" not in seen(Rectification, case, actors)
    assert {"dept", "staff", "social"} <= seen(Rectification, case, actors)
