"""What the database itself refuses: a registered board without admission, more of them than the cap, a removal without photos.

A registration locks its community's row, so that two at once cannot both be the last one under the cap.
"""

import pgtrigger

from governance.kernel.guards import CHECK, Protect, ReadOnly, Trigger

signboard_in_its_place = Trigger(
    name="signboard_in_its_place",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("community_id", "street_id", "unit_id"),
    when=pgtrigger.Before,
    func=f"""
        IF NOT EXISTS (SELECT FROM governance_division v WHERE v.id = NEW.community_id AND v.level = 'community'
                       AND v.street_id = NEW.street_id AND v.unit_id = NEW.unit_id) THEN
            RAISE EXCEPTION 'signboard %: not a community of that street and unit', NEW.name {CHECK};
        END IF;
        RETURN NEW;
    """,
)
# The count is planned anew each time (EXECUTE): a plan kept from when the table was empty would read all of it for every row.
signboard_is_admitted = Trigger(
    name="signboard_is_admitted",
    operation=pgtrigger.Insert
    | pgtrigger.UpdateOf("status", "item_id", "entry_id", "community_id", "unit_id", "registered_on"),
    when=pgtrigger.Before,
    declare=[("kind", "varchar"), ("list_id", "bigint"), ("list_cap", "int"), ("held", "int")],
    condition=pgtrigger.Q(new__status="registered"),
    func=f"""
        SELECT CASE WHEN v.village_type IN ('villagers', 'like_villagers') THEN 'rural' ELSE 'urban' END INTO kind
          FROM governance_division v WHERE v.id = NEW.community_id FOR NO KEY UPDATE;
        SELECT c.id, c.cap INTO list_id, list_cap FROM communities_signboardcatalogue c
         WHERE c.place = kind AND c.in_force_from <= NEW.registered_on ORDER BY c.in_force_from DESC LIMIT 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'signboard %: no catalogue in force on %', NEW.name, NEW.registered_on {CHECK};
        END IF;
        IF NOT EXISTS (SELECT FROM communities_signboardtype t WHERE t.id = NEW.entry_id AND t.catalogue_id = list_id)
           AND NOT EXISTS (
            SELECT FROM communities_admissionitem i JOIN communities_catalogue a ON a.id = i.catalogue_id
             WHERE i.id = NEW.item_id AND i.form = 'signboard' AND i.klass <> 'forbidden' AND i.place = kind
               AND a.status <> 'draft' AND i.valid_from <= NEW.registered_on
               AND (i.valid_to IS NULL OR NEW.registered_on < i.valid_to)
               AND (i.unit_id IS NULL OR i.unit_id = NEW.unit_id)) THEN
            RAISE EXCEPTION 'signboard_unadmitted: % is neither in the catalogue nor admitted on %', NEW.name, NEW.registered_on {CHECK};
        END IF;
        EXECUTE 'SELECT count(*) FROM communities_signboard WHERE community_id = $1 AND status = ''registered'' AND id <> $2'
           INTO held USING NEW.community_id, coalesce(NEW.id, 0);
        IF held >= list_cap THEN
            RAISE EXCEPTION 'signboard_over_cap: community % already has % of %', NEW.community_id, held, list_cap {CHECK};
        END IF;
        RETURN NEW;
    """,
)
signboard_is_never_deleted = Protect(name="signboard_is_never_deleted", operation=pgtrigger.Delete)
catalogue_keeps_meaning = ReadOnly(name="signboard_list_is_fixed", fields=["year", "place", "cap", "in_force_from"])
