"""What the database itself keeps: the stamp by which every process notices changed shapes, posts in their place."""

import pgtrigger

from governance.kernel.guards import CHECK, Protect, ReadOnly, Trigger

# A random stamp, not a counter: a transaction rolled back and another one in its place can never look the same.
shapes_are_stamped = Trigger(
    name="shapes_are_stamped",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    func="""
        INSERT INTO grid_shapestamp (id, stamp) VALUES (1, gen_random_uuid())
            ON CONFLICT (id) DO UPDATE SET stamp = gen_random_uuid();
        RETURN NULL;
    """,
)


def shape_is_kept(owner: str) -> Trigger:
    """A boundary that is drawn anew or given up stays in ``FormerShape`` with the time that it held; ``owner`` is its column."""
    return Trigger(
        name="shape_is_kept",
        operation=pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.After,
        func=f"""
            IF TG_OP = 'UPDATE' THEN
                IF (OLD.polygon, OLD.is_sketch, OLD.source) IS NOT DISTINCT FROM (NEW.polygon, NEW.is_sketch, NEW.source) THEN
                    RETURN NULL;
                END IF;
            END IF;
            INSERT INTO grid_formershape ({owner}, polygon, area_m2, is_sketch, source, valid_from, valid_to)
            VALUES (OLD.{owner}, OLD.polygon, OLD.area_m2, OLD.is_sketch, OLD.source, OLD.updated_at,
                    greatest(OLD.updated_at, CASE TG_OP WHEN 'UPDATE' THEN NEW.updated_at ELSE now() END));
            RETURN NULL;
        """,
    )


post_in_its_place = Trigger(
    name="post_in_its_place",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("grid_id", "community_id", "street_id"),
    when=pgtrigger.Before,
    func=f"""
        IF NOT EXISTS (SELECT FROM governance_grid g WHERE g.id = NEW.grid_id
                       AND g.community_id = NEW.community_id AND g.street_id = NEW.street_id) THEN
            RAISE EXCEPTION 'grid post %: not the community and street of its grid', NEW.name {CHECK};
        END IF;
        RETURN NEW;
    """,
)
post_keeps_its_grid = ReadOnly(name="post_keeps_its_grid", fields=["grid", "kind", "name", "valid_from"])
post_is_never_deleted = Protect(name="post_is_never_deleted", operation=pgtrigger.Delete)
