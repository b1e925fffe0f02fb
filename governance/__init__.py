"""Governance: the kernel, the territory, accounts, whistles, and what stands on them. Loads the Celery application."""

from .celery import app as celery_app

__all__ = ["celery_app"]
