"""The two database roles: ``portal_owner`` owns and migrates, ``portal_app`` reads and writes rows only.

These serve the embedded cluster; ``ops/postgres-init/10-roles.sh`` says the same for a server of one's own.
"""

EXTENSIONS = ("pg_trgm", "btree_gist", "btree_gin")


def _create_role(name: str) -> str:
    known = f"SELECT FROM pg_roles WHERE rolname = '{name}'"
    return f"DO $$ BEGIN IF NOT EXISTS ({known}) THEN CREATE ROLE {name}; END IF; END $$"


def role_statements(owner_password: str, app_password: str) -> list[str]:
    """SQL for the roles; neither is a superuser nor passes row security."""
    attributes = "NOSUPERUSER NOCREATEROLE NOBYPASSRLS"
    return [
        *(_create_role(name) for name in ("portal_owner", "portal_app")),
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
