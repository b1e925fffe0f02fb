"""What the database itself keeps of collection: facts are never rewritten, elements keep their meaning, forms are never deleted."""

import pgtrigger

from governance.kernel.guards import CHECK, Protect, ReadOnly, Trigger

element_keeps_meaning = Trigger(
    name="element_keeps_meaning",
    operation=pgtrigger.Insert | pgtrigger.Update,
    when=pgtrigger.Before,
    func=f"""
        IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'valid_to') IS DISTINCT FROM (to_jsonb(OLD) - 'valid_to') THEN
            RAISE EXCEPTION 'element %: a version is not reworded; add the next one', OLD.code {CHECK};
        END IF;
        IF EXISTS (SELECT FROM grid_dataelement e WHERE e.code = NEW.code AND e.id <> NEW.id
                   AND (e.kind, e.theme, e.measure) IS DISTINCT FROM (NEW.kind, NEW.theme, NEW.measure)) THEN
            RAISE EXCEPTION 'element %: kind, theme and unit belong to the code; another meaning needs another code',
                NEW.code {CHECK};
        END IF;
        RETURN NEW;
    """,
)
element_is_never_deleted = Protect(name="element_is_never_deleted", operation=pgtrigger.Delete)

fact_in_its_place = Trigger(
    name="fact_in_its_place",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func=f"""
        IF NOT EXISTS (SELECT FROM governance_division v WHERE v.id = NEW.community_id AND v.level = 'community'
                       AND v.street_id = NEW.street_id AND v.unit_id = NEW.unit_id) THEN
            RAISE EXCEPTION 'fact %: not a community of that street and unit', NEW.code {CHECK};
        END IF;
        IF NOT EXISTS (SELECT FROM grid_dataelement e WHERE e.id = NEW.element_id AND e.code = NEW.code) THEN
            RAISE EXCEPTION 'fact %: of another element', NEW.code {CHECK};
        END IF;
        IF NEW.as_of > (NEW.recorded_at AT TIME ZONE 'Asia/Shanghai')::date THEN
            RAISE EXCEPTION 'fact %: holds from a day that has not come', NEW.code {CHECK};
        END IF;
        IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM grid_fact f WHERE f.id = NEW.supersedes_id AND f.code = NEW.code
            AND f.community_id = NEW.community_id AND f.ended_at IS NOT NULL) THEN
            RAISE EXCEPTION 'fact %: supersedes another fact than its own predecessor', NEW.code {CHECK};
        END IF;
        RETURN NEW;
    """,
)
fact_is_only_ended = Trigger(
    name="fact_is_only_ended",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    func=f"""
        IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
           OR (to_jsonb(NEW) - 'ended_at') IS DISTINCT FROM (to_jsonb(OLD) - 'ended_at') THEN
            RAISE EXCEPTION 'fact %: append-only; a correction adds a new fact and ends the old', OLD.id {CHECK};
        END IF;
        RETURN NEW;
    """,
)
fact_is_never_deleted = Protect(name="fact_is_never_deleted", operation=pgtrigger.Delete)

form_is_never_deleted = Protect(name="form_is_never_deleted", operation=pgtrigger.Delete)
form_keeps_its_demand = Trigger(
    name="form_keeps_its_demand",
    operation=pgtrigger.UpdateOf("demand_id", "department_id", "number"),
    when=pgtrigger.Before,
    func=f"""
        IF OLD.demand_id IS NOT NULL AND NEW.demand_id IS DISTINCT FROM OLD.demand_id
           OR (NEW.department_id, NEW.number) IS DISTINCT FROM (OLD.department_id, OLD.number) THEN
            RAISE EXCEPTION 'form %: keeps its number, department and demand', OLD.number {CHECK};
        END IF;
        IF NEW.demand_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM communities_demand d WHERE d.id = NEW.demand_id
            AND d.department_id = NEW.department_id AND d.item_id = NEW.item_id AND d.form IN ('report', 'survey')) THEN
            RAISE EXCEPTION 'form %: the demand is of another department, item or shape', OLD.number {CHECK};
        END IF;
        RETURN NEW;
    """,
)

asking_keeps_its_terms = ReadOnly(
    name="asking_keeps_its_terms", fields=["form", "element", "code", "community", "asked_on", "until"]
)
asking_is_never_deleted = Protect(name="asking_is_never_deleted", operation=pgtrigger.Delete)
