"""What the database itself keeps: the stamp by which every process notices changed shapes, posts in their place."""

import pgtrigger

_CHECK = "USING ERRCODE = 'check_violation'"

# A random stamp, not a counter: a transaction rolled back and another one in its place can never look the same.
shapes_are_stamped = pgtrigger.Trigger(
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
post_in_its_place = pgtrigger.Trigger(
    name="post_in_its_place",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("grid_id", "community_id", "street_id"),
    when=pgtrigger.Before,
    func=f"""
        IF NOT EXISTS (SELECT FROM governance_grid g WHERE g.id = NEW.grid_id
                       AND g.community_id = NEW.community_id AND g.street_id = NEW.street_id) THEN
            RAISE EXCEPTION 'grid post %: not the community and street of its grid', NEW.name {_CHECK};
        END IF;
        RETURN NEW;
    """,
)
post_keeps_its_grid = pgtrigger.ReadOnly(name="post_keeps_its_grid", fields=["grid", "kind", "name", "valid_from"])
post_is_never_deleted = pgtrigger.Protect(name="post_is_never_deleted", operation=pgtrigger.Delete)
