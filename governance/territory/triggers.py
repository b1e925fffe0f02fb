"""What only the database can promise: codes nest, codes never change, grids and stations hang where they belong."""

import pgtrigger

from governance.kernel.guards import CHECK, Protect, Trigger

division_under_parent = Trigger(
    name="division_under_parent",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id", "district_id", "street_id"),
    when=pgtrigger.Before,
    declare=[
        ("p_code", "varchar"),
        ("p_level", "varchar"),
        ("expected", "varchar"),
        ("p_parent", "bigint"),
        ("digits", "int"),
    ],
    func=f"""
        IF NEW.parent_id IS NULL THEN
            RETURN NEW;  -- division_shape allows this for the city only
        END IF;
        SELECT code12, level, parent_id INTO p_code, p_level, p_parent
          FROM governance_division WHERE id = NEW.parent_id;
        digits := CASE NEW.level WHEN 'county' THEN 4 WHEN 'town' THEN 6 WHEN 'community' THEN 9 END;
        expected := CASE NEW.level WHEN 'county' THEN 'city' WHEN 'town' THEN 'county' WHEN 'community' THEN 'town' END;
        IF p_level IS DISTINCT FROM expected THEN
            RAISE EXCEPTION 'division %: a % cannot stand under a %', NEW.code12, NEW.level, p_level {CHECK};
        END IF;
        IF left(NEW.code12, digits) <> left(p_code, digits) THEN
            RAISE EXCEPTION 'division %: prefix differs from parent %', NEW.code12, p_code {CHECK};
        END IF;
        IF NEW.level = 'community' AND NEW.district_id IS DISTINCT FROM p_parent THEN
            RAISE EXCEPTION 'division %: district is not its street''s county', NEW.code12 {CHECK};
        END IF;
        RETURN NEW;
    """,
)
division_keeps_code = Trigger(
    name="division_keeps_code",
    operation=pgtrigger.UpdateOf("code12", "level"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__code12__df=pgtrigger.F("new__code12"))
    | pgtrigger.Q(old__level__df=pgtrigger.F("new__level")),
    func=f"RAISE EXCEPTION 'division %: code and level never change; record a successor', OLD.code12 {CHECK};",
)
division_is_never_deleted = Protect(name="division_is_never_deleted", operation=pgtrigger.Delete)

station_in_street = Trigger(
    name="station_in_street",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("street_id"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__street__isnull=False),
    func=f"""
        IF NOT EXISTS (SELECT FROM governance_division WHERE id = NEW.street_id AND level = 'town') THEN
            RAISE EXCEPTION 'department %: a station serves a street or town', NEW.code {CHECK};
        END IF;
        RETURN NEW;
    """,
)
grid_under_community = Trigger(
    name="grid_under_community",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("code15", "community_id", "street_id", "seq"),
    when=pgtrigger.Before,
    declare=[("c_code", "varchar"), ("c_street", "bigint")],
    func=f"""
        SELECT code12, street_id INTO c_code, c_street
          FROM governance_division WHERE id = NEW.community_id AND level = 'community';
        IF c_code IS NULL THEN
            RAISE EXCEPTION 'grid %: a grid belongs to a community or village', NEW.code15 {CHECK};
        END IF;
        IF NEW.code15 <> c_code || lpad(NEW.seq::text, 3, '0') OR NEW.street_id <> c_street THEN
            RAISE EXCEPTION 'grid %: code, sequence and street must follow community %', NEW.code15, c_code {CHECK};
        END IF;
        RETURN NEW;
    """,
)
grid_keeps_code = Trigger(
    name="grid_keeps_code",
    operation=pgtrigger.UpdateOf("code15", "community_id"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__code15__df=pgtrigger.F("new__code15"))
    | pgtrigger.Q(old__community__df=pgtrigger.F("new__community")),
    func=f"RAISE EXCEPTION 'grid %: a code in use never changes its meaning', OLD.code15 {CHECK};",
)
