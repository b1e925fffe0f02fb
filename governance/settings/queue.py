"""Celery: Redis carries hints, PostgreSQL is the queue (docs/adr/0002). Settings follow the measured failures."""

from datetime import timedelta

from . import env

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 30
CELERY_TASK_SOFT_TIME_LIMIT = 25
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 1,
    "unacked_restore_limit": None,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # A hint that cannot be published is dropped at once: the sweep finds the row.
    "max_retries": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False


def _every(seconds: float, task: str, *, expires: float | None = None) -> dict:
    """A sweep that expires before the next one, so that a stopped worker does not find a heap of them."""
    return {"task": task, "schedule": timedelta(seconds=seconds), "options": {"expires": expires or max(seconds, 2)}}


CELERY_BEAT_SCHEDULE = {
    "outbox": _every(2, "governance.outbox_send"),
    "deadlines": _every(5, "governance.deadlines_fire"),
    "audit-seal": _every(2, "governance.audit_seal"),
    "rollup-fold": _every(1, "governance.rollup_fold"),
    "inbound": _every(2, "governance.inbound_process"),
    "inbound-imap": _every(30, "governance.inbound_poll"),
    "digests": _every(60, "governance.digests_build"),
    "closing": _every(60, "governance.whistles_close_due"),
    "scorecards": _every(300, "governance.scorecards_refresh"),
    "rollup-check": _every(86400, "governance.rollup_rebuild"),
    "incident-rollup-check": _every(86400, "grid.rollup_rebuild"),
    "incident-words": _every(5, "grid.words_index"),
    "signboard-samples": _every(86400, "communities.signboard_samples"),
    "emergencies": _every(3600, "communities.emergencies_lapse"),
    "disclosures": _every(3600, "funding.disclosures_sweep"),
    "kept-files": _every(3600, "governance.kept_forget"),
    "forms": _every(3600, "grid.forms_sweep"),
    "audit-anchor": _every(86400, "governance.audit_anchor"),
    "invariants": _every(3600, "governance.invariants_check"),
    # Late is better than never: a worker that is busy for ten seconds is alive.
    "heartbeat": _every(5, "governance.heartbeat", expires=25),
}
CELERY_BEAT_SCHEDULE_FILENAME = str(env.Path(env.text("VAR_DIR", str(env.BASE_DIR / "var"))) / "beat-schedule")
