"""What the database itself keeps of incidents: rules are never reworded, an incident keeps its origin and is never deleted."""

import pgtrigger

from governance.kernel.guards import CHECK, Protect, ReadOnly, Trigger

routing_is_only_ended = Trigger(
    name="routing_is_only_ended",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    func=f"""
        IF (to_jsonb(NEW) - 'valid_to') IS DISTINCT FROM (to_jsonb(OLD) - 'valid_to') THEN
            RAISE EXCEPTION 'routing rule %: a version is not edited; add the next one', OLD.key {CHECK};
        END IF;
        RETURN NEW;
    """,
)
routing_is_never_deleted = Protect(name="routing_is_never_deleted", operation=pgtrigger.Delete)
incident_in_its_place = Trigger(
    name="incident_in_its_place",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    func=f"""
        IF NOT EXISTS (SELECT FROM governance_division v WHERE v.id = NEW.community_id AND v.level = 'community'
                       AND v.street_id = NEW.street_id AND v.unit_id = NEW.unit_id) THEN
            RAISE EXCEPTION 'incident %: not a community of that street and unit', NEW.number {CHECK};
        END IF;
        IF NEW.grid_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM governance_grid g WHERE g.id = NEW.grid_id AND g.community_id = NEW.community_id) THEN
            RAISE EXCEPTION 'incident %: the grid lies in another community', NEW.number {CHECK};
        END IF;
        RETURN NEW;
    """,
)
incident_keeps_its_origin = ReadOnly(
    name="incident_keeps_its_origin",
    fields=["number", "reporter", "client_key", "words", "community", "street", "unit", "reported_at"],
)
incident_is_never_deleted = Protect(name="incident_is_never_deleted", operation=pgtrigger.Delete)
