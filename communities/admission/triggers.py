"""The gate as the database keeps it: nobody, not even raw SQL, stores a demand that the list does not allow (reliability.md 6)."""

import pgtrigger

from governance.kernel.guards import CHECK, Protect, Trigger

item_of_its_catalogue = Trigger(
    name="item_of_its_catalogue",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("catalogue_id", "place", "code"),
    when=pgtrigger.Before,
    func=f"""
        IF NOT EXISTS (SELECT FROM communities_catalogue WHERE id = NEW.catalogue_id AND place = NEW.place) THEN
            RAISE EXCEPTION 'item %: its catalogue is for another kind of place', NEW.code {CHECK};
        END IF;
        IF substr(NEW.code, 4, 1) <> (CASE NEW.place WHEN 'urban' THEN 'U' ELSE 'R' END) THEN
            RAISE EXCEPTION 'item %: the code is of another kind of place', NEW.code {CHECK};
        END IF;
        RETURN NEW;
    """,
)
item_keeps_meaning = Trigger(
    name="item_keeps_meaning",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    func=f"""
        IF EXISTS (SELECT FROM communities_catalogue WHERE id = OLD.catalogue_id AND status <> 'draft')
           AND (NEW.catalogue_id, NEW.code, NEW.place, NEW.klass, NEW.form, NEW.name, NEW.department_id, NEW.valid_from,
                NEW.frequency_cap, NEW.basis_document, NEW.basis_article)
               IS DISTINCT FROM
               (OLD.catalogue_id, OLD.code, OLD.place, OLD.klass, OLD.form, OLD.name, OLD.department_id, OLD.valid_from,
                OLD.frequency_cap, OLD.basis_document, OLD.basis_article) THEN
            RAISE EXCEPTION 'item %: what was issued is not reworded; write it into the next version', OLD.code {CHECK};
        END IF;
        RETURN NEW;
    """,
)
item_is_never_deleted = Trigger(
    name="item_is_never_deleted",
    operation=pgtrigger.Delete,
    when=pgtrigger.Before,
    func=f"""
        IF EXISTS (SELECT FROM communities_catalogue WHERE id = OLD.catalogue_id AND status <> 'draft') THEN
            RAISE EXCEPTION 'item %: an issued item ends, it is not deleted', OLD.code {CHECK};
        END IF;
        RETURN OLD;
    """,
)

# FOR SHARE: an item cannot end, and a catalogue cannot be replaced, between this check and the commit.
demand_is_admitted = Trigger(
    name="demand_is_admitted",
    operation=pgtrigger.Insert
    | pgtrigger.UpdateOf("item_id", "form", "day", "department_id", "unit_id", "is_emergency"),
    when=pgtrigger.Before,
    declare=[("i", "communities_admissionitem%ROWTYPE"), ("c_status", "varchar")],
    func=f"""
        SELECT * INTO i FROM communities_admissionitem WHERE id = NEW.item_id FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'demand %: no admission item', NEW.number {CHECK};
        END IF;
        SELECT status INTO c_status FROM communities_catalogue WHERE id = i.catalogue_id FOR SHARE;
        IF c_status = 'draft' THEN
            RAISE EXCEPTION 'demand %: item % is only drafted', NEW.number, i.code {CHECK};
        END IF;
        IF i.klass = 'forbidden' THEN
            RAISE EXCEPTION 'demand %: item % is forbidden', NEW.number, i.code {CHECK};
        END IF;
        IF NEW.day < i.valid_from OR (i.valid_to IS NOT NULL AND NEW.day >= i.valid_to) THEN
            RAISE EXCEPTION 'demand %: item % is not in force on %', NEW.number, i.code, NEW.day {CHECK};
        END IF;
        IF NEW.form <> i.form THEN
            RAISE EXCEPTION 'demand %: item % admits a %, not a %', NEW.number, i.code, i.form, NEW.form {CHECK};
        END IF;
        IF i.unit_id IS NOT NULL AND NEW.unit_id IS DISTINCT FROM i.unit_id THEN
            RAISE EXCEPTION 'demand %: item % is of another unit', NEW.number, i.code {CHECK};
        END IF;
        IF NEW.department_id <> i.department_id AND NOT EXISTS (
            SELECT FROM governance_department d LEFT JOIN governance_department s ON s.id = d.superior_id
            WHERE d.id = NEW.department_id AND i.department_id IN (d.superior_id, s.superior_id)
        ) THEN
            RAISE EXCEPTION 'demand %: item % is of another department', NEW.number, i.code {CHECK};
        END IF;
        RETURN NEW;
    """,
)
demand_is_never_deleted = Protect(name="demand_is_never_deleted", operation=pgtrigger.Delete)

target_is_admitted = Trigger(
    name="target_is_admitted",
    operation=pgtrigger.Insert
    | pgtrigger.UpdateOf("demand_id", "community_id", "street_id", "unit_id", "item_id", "department_id", "day"),
    when=pgtrigger.Before,
    declare=[
        ("d", "communities_demand%ROWTYPE"),
        ("i", "communities_admissionitem%ROWTYPE"),
        ("v", "governance_division%ROWTYPE"),
        ("place", "varchar"),
    ],
    func=f"""
        SELECT * INTO d FROM communities_demand WHERE id = NEW.demand_id;
        IF NOT FOUND OR (d.item_id, d.department_id, d.day) IS DISTINCT FROM (NEW.item_id, NEW.department_id, NEW.day) THEN
            RAISE EXCEPTION 'target of demand %: differs from its demand', NEW.demand_id {CHECK};
        END IF;
        IF TG_OP = 'INSERT' AND d.status <> 'sent' THEN
            RAISE EXCEPTION 'target of demand %: the demand has not been sent', NEW.demand_id {CHECK};
        END IF;
        SELECT * INTO i FROM communities_admissionitem WHERE id = NEW.item_id FOR SHARE;
        SELECT * INTO v FROM governance_division WHERE id = NEW.community_id;
        IF v.level IS DISTINCT FROM 'community' OR v.street_id <> NEW.street_id OR v.unit_id <> NEW.unit_id THEN
            RAISE EXCEPTION 'target of demand %: not a community of that street and unit', NEW.demand_id {CHECK};
        END IF;
        place := CASE WHEN v.village_type IN ('villagers', 'like_villagers') THEN 'rural' ELSE 'urban' END;
        IF place <> i.place THEN
            RAISE EXCEPTION 'target of demand %: item % is not for a community of this kind', NEW.demand_id, i.code {CHECK};
        END IF;
        IF i.unit_id IS NOT NULL AND i.unit_id <> NEW.unit_id THEN
            RAISE EXCEPTION 'target of demand %: item % is of another unit', NEW.demand_id, i.code {CHECK};
        END IF;
        IF i.klass = 'forbidden' OR NEW.day < i.valid_from OR (i.valid_to IS NOT NULL AND NEW.day >= i.valid_to) THEN
            RAISE EXCEPTION 'target of demand %: item % does not admit it', NEW.demand_id, i.code {CHECK};
        END IF;
        RETURN NEW;
    """,
)
target_is_never_deleted = Protect(name="target_is_never_deleted", operation=pgtrigger.Delete)

# The factor is the rule in force, not a number of this code; without a rule the quota may at least not rise.
quota_only_falls = Trigger(
    name="quota_only_falls",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("minutes", "year", "department_id"),
    when=pgtrigger.Before,
    declare=[("last", "bigint"), ("factor", "numeric")],
    func=f"""
        IF TG_OP = 'UPDATE' AND (NEW.minutes > OLD.minutes OR NEW.year <> OLD.year OR NEW.department_id <> OLD.department_id) THEN
            RAISE EXCEPTION 'quota %: the minutes of a year only fall', NEW.id {CHECK};
        END IF;
        SELECT minutes INTO last FROM communities_burdenquota
        WHERE department_id = NEW.department_id AND year = NEW.year - 1;
        SELECT (value #>> '{{}}')::numeric INTO factor FROM governance_policyrule
        WHERE key = 'admission.quota_factor' AND effective_from <= CURRENT_DATE
          AND (effective_to IS NULL OR effective_to > CURRENT_DATE);
        IF last IS NOT NULL AND NEW.minutes > floor(last * coalesce(factor, 1)) THEN
            RAISE EXCEPTION 'quota of %: more than last year allows', NEW.year {CHECK};
        END IF;
        RETURN NEW;
    """,
)
quota_is_never_deleted = Protect(name="quota_is_never_deleted", operation=pgtrigger.Delete)
