"""The environment, read once and typed; a missing or malformed value stops the start with its name."""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def text(name: str, default: str | None = None) -> str:
    """Return a variable's text; without a default it is required."""
    value = os.environ.get(name, default)
    if value is None or (value == "" and default is None):
        raise ImproperlyConfigured(f"environment variable {name} is not set; see docs/operations.md")
    return value


def flag(name: str, default: bool) -> bool:
    """Return a yes/no variable: 1/true/yes/on or 0/false/no/off."""
    value = os.environ.get(name, "").strip().lower()
    if value == "":
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"environment variable {name} must be 0 or 1, not {value!r}")


def number(name: str, default: int) -> int:
    """Return a whole number."""
    value = os.environ.get(name, "").strip()
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"environment variable {name} must be a whole number, not {value!r}") from None


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without blanks."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


# A list joins nine tables along foreign keys: planning every order of them took 30 to 200 times as long as the query itself.
# Statements that were prepared are meant to be planned once; PostgreSQL would go on planning those of several tables anew.
_SESSION = (
    "-c statement_timeout=30000 -c lock_timeout=10000 -c join_collapse_limit=4 -c plan_cache_mode=force_generic_plan"
)


def database(url: str) -> dict:
    """Turn ``postgresql://user:password@host:port/name?option=value`` into Django's settings."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("DATABASE_URL must read postgresql://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or 5432),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": _SESSION, **dict(parse_qsl(parts.query))},
    }


def smtp(url: str) -> dict:
    """Turn ``smtp://user:password@host:port`` (``smtps`` for TLS, ``smtp+tls`` for STARTTLS) into Django's mail settings."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must read smtp://user:password@host:port")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }
