"""The two database roles: ``portal_owner`` owns and migrates, ``portal_app`` reads and writes rows only.

The same statements serve the embedded cluster; ``ops/postgres-init/10-roles.sh`` says the same for a server of one's own.
"""

EXTENSIONS = ("pg_trgm", "btree_gist", "btree_gin")


def role_statements(owner_password: str, app_password: str) -> list[str]:
    """SQL for the roles; neither is a superuser nor passes row security."""
    attributes = "NOSUPERUSER NOCREATEROLE NOBYPASSRLS"
    return [
        "DO $$ BEGIN CREATE ROLE portal_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "DO $$ BEGIN CREATE ROLE portal_app; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        f"ALTER ROLE portal_owner LOGIN CREATEDB {attributes} PASSWORD '{owner_password}'",
        f"ALTER ROLE portal_app LOGIN NOCREATEDB {attributes} PASSWORD '{app_password}'",
    ]


def database_statements() -> list[str]:
    """SQL for one database: extensions, and what the application's role may do with the owner's tables."""
    grant = "ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner GRANT"
    return [
        *(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS),
        "GRANT USAGE ON SCHEMA public TO portal_app",
        f"{grant} SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app",
        f"{grant} USAGE, SELECT, UPDATE ON SEQUENCES TO portal_app",
        f"{grant} EXECUTE ON FUNCTIONS TO portal_app",
    ]
