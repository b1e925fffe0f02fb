"""Grids in every relation to the home street, for the access matrix."""

from governance.kernel import clock
from governance.kernel.actor import SYSTEM
from governance.territory.batches import ImportBatch
from governance.territory.models import Grid
from grid.boundaries import services


def build(world, relations, setting, people) -> None:
    """``world.grids["own"]`` and a helper's post in each; a batch of the district's own."""
    world.grids, world.grid_posts = {}, {}
    for relation in relations:
        _street, _lead, community = setting(relation)
        grid = Grid.objects.filter(community=community).order_by("code15").first()
        facts = services.PostFacts(grid, "volunteer", f"志愿者 {relation}", "138****0000", clock.today())
        world.grids[relation] = grid
        world.grid_posts[relation] = services.post_appoint(by=SYSTEM, facts=facts, is_synthetic=True)
    world.grid_batch = ImportBatch.objects.create(
        kind="grids", filename="a.geojson", digest="0", created_by=world.cast.social,
        summary={"rows": 0, "ignored": [], "actions": []},
    )  # fmt: skip


def samples(of, one) -> dict:
    """How the grids' addresses reach their objects. Reading is for everybody, so nothing is out of scope."""
    from .access import Sample

    def grid(world, relation) -> dict:
        return {"code15": world.grids[relation].code15}

    def batch(world) -> dict:
        return {"pk": world.grid_batch.pk}

    by_code = Sample(grid, scoped=False)
    street = Sample(lambda world, relation: {"code12": world.grids[relation].street.code12}, scoped=False)
    return {
        "grid": by_code, "grid-appoint": by_code, "api-grid-shape": by_code, "grid-supervision": street,
        "grid-post-end": Sample(lambda world, relation: {"pk": world.grid_posts[relation].pk}, scoped=False),
        **{name: one(batch) for name in ("grid-import-batch", "grid-import-errors", "grid-import-confirm")},
    }  # fmt: skip
