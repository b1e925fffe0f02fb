"""Database guards shared by the slices: what the tables refuse whoever asks (reliability.md 6)."""

import pgtrigger


def append_only(name: str = "append_only") -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE. Migration 0002 makes them ENABLE ALWAYS."""
    return [
        pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{name}_truncate",
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            func="RAISE EXCEPTION 'append-only: % cannot be truncated', TG_TABLE_NAME;",
        ),
    ]
