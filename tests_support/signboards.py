"""Signboards in every relation to the home street, for the access matrix."""

from types import SimpleNamespace

from communities.signboards import services
from communities.signboards.models import Signboard, SignboardAudit, SignboardCatalogue
from communities.signboards.selectors import Lists
from governance.accounts.roles import Role
from governance.kernel import clock
from governance.kernel.actor import Actor, Post
from governance.kernel.files import StoredFile
from governance.territory.batches import ImportBatch

from . import photos

PHOTO = ("照片.jpg", photos.jpeg())


def _actor(place, lead) -> Actor:
    """Whoever registers, runs campaigns and clears there."""
    here = {"unit_id": place.unit_id, "street_id": place.street_id, "department_id": lead.pk}
    return Actor(
        label="示例",
        posts=tuple(Post(role=role, **here) for role in (Role.STREET_STAFF, Role.UNIT_SOCIAL, Role.DEPT_HANDLER)),
    )


def build(world: SimpleNamespace, setting) -> None:
    """``world.boards["own"]`` and so on: a board, one that was removed with its re-check, a campaign with a line, a case."""
    services.signboard_lists_load(year=2026)
    lists = Lists.on(clock.today())
    for name in ("boards", "removed", "rechecks", "rectifications", "audits", "audit_items", "board_files"):
        setattr(world, name, {})
    for relation in ("own", "child", "sibling", "parent", "foreign"):
        _street, lead, place = setting(relation)
        by = _actor(place, lead)
        fields = {"community": place, "department": lead, "length_cm": 200, "width_cm": 35, "position": "hall"}
        board = services.signboard_register(
            by=by, facts=services.BoardFacts(name=f"图书室 {relation}", entry=lists.entry(place, "图书室"), **fields)
        )
        gone = services.signboard_register(by=by, facts=services.BoardFacts(name=f"工作室 {relation}", **fields))
        world.rectifications[relation] = gone.rectification
        gone = services.signboard_remove(board=gone, by=by, before=PHOTO, after=PHOTO)
        world.boards[relation], world.removed[relation], world.rechecks[relation] = board, gone, gone.rechecks.get()
        world.board_files[relation] = StoredFile.objects.filter(thread=gone.thread).first()
    for relation in ("own", "child", "sibling", "parent", "foreign"):
        _campaign(world, relation, setting(relation))
    world.signboard_batch = ImportBatch.objects.create(
        kind="signboards", filename="a.csv", digest="0", created_by=world.cast.social,
        summary={"rows": 0, "ignored": [], "actions": []},
    )  # fmt: skip
    world.signboard_list = SignboardCatalogue.objects.first()


def _campaign(world: SimpleNamespace, relation: str, place: tuple) -> None:
    """A campaign of the board's own district, with the board as its only line."""
    street, lead, community = place
    audit = services.audit_open(
        by=_actor(community, lead), unit=street.unit, kind="self_check", title=f"核查 {relation}"
    )
    services.audits.items_make(audit, [Signboard.objects.get(pk=world.boards[relation].pk)], {})
    SignboardAudit.objects.filter(pk=audit.pk).update(status="comparing")
    world.audits[relation], world.audit_items[relation] = audit, audit.items.get()


def samples(of, one) -> dict:
    """How the signboards' addresses reach their objects."""
    from .access import Sample

    def file(world, relation) -> dict:
        return {"pk": world.removed[relation].pk, "file": world.board_files[relation].pk}

    def batch(world) -> dict:
        return {"pk": world.signboard_batch.pk}

    district = Sample(lambda world, relation: {"pk": world.audits[relation].pk}, ("own", "foreign"), scoped=False)
    adopt = Sample(
        lambda world, relation: {"pk": world.audits[relation].pk, "action": "compare"}, ("own", "foreign"), scoped=False
    )
    imports = ("signboard-import-batch", "signboard-import-errors", "signboard-import-confirm")
    return {
        **{name: of("boards") for name in ("signboard", "signboard-keep", "signboard-photo", "signboard-propose")},
        "signboard-remove": of("boards"),
        "signboard-action": of("boards", action="clear"),
        "signboard-file": Sample(file),
        "signboard-audit": district,
        "signboard-audit-adopt": district,
        "signboard-audit-action": adopt,
        "signboard-audit-item": of("audit_items"),
        "rectification": of("rectifications"),
        "rectification-action": of("rectifications", action="press"),
        "signboard-recheck": of("rechecks"),
        "signboard-recheck-action": of("rechecks", action="clean"),
        "signboard-list": one(lambda world: {"pk": world.signboard_list.pk}),
        **{name: one(batch) for name in imports},
        **{f"api-signboard-{name}": of("boards") for name in ("detail", "keep", "clear", "doubt")},
        "api-rectification-detail": of("rectifications"),
        "api-signboard-audit-detail": district,
        "api-signboard-list-detail": one(lambda world: {"pk": world.signboard_list.pk}),
    }
