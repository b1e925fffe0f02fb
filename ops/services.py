"""Which programs make up the portal, and in what environment they run."""

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ops.engines import Engines
from ops.net import LOOPBACK
from ops.supervisor import Program

ROOT = Path(__file__).resolve().parent.parent
KEPT = (
    "PATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TERM",
    "LOG_LEVEL",
    "DEMO_WHISTLES",
)  # of the caller's environment


@dataclass(frozen=True)
class Choice:
    """What the caller chose: the port of the web pages, demo city or empty city, and where its data lie."""

    port: int
    demo: bool
    home: Path

    @property
    def url(self) -> str:
        """The address people open."""
        return f"http://{LOOPBACK}:{self.port}"


def environment(choice: Choice, engines: Engines, kept: dict) -> dict[str, str]:
    """The environment of every Django process; ``kept`` holds the secret key and the mail ports."""
    addresses = engines.env()
    addresses.pop("DATABASE_OWNER_URL")  # only the migrations get it
    mailbox = f"smtp://{LOOPBACK}:{kept['mailbox_port']}"  # the demo writes to nobody outside
    mine = {
        "DJANGO_SETTINGS_MODULE": "governance.settings",
        "SECRET_KEY": kept["secret_key"],
        "VAR_DIR": str(choice.home),
        "BASE_URL": choice.url,
        "DEBUG": "0",
        "DEMO": "1" if choice.demo else "0",
        "EMAIL_URL": mailbox if choice.demo else os.environ.get("EMAIL_URL") or mailbox,
        "INBOUND_SMTP_PORT": str(kept["inbound_port"]),
        "MAILBOX_PORT": str(kept["mailbox_port"]),
        "STARTED_AT": str(int(time.time())),
        "PYTHONUNBUFFERED": "1",
    }
    return {**{key: os.environ[key] for key in KEPT if key in os.environ}, **addresses, **mine}


def engine_programs(engines: Engines) -> list[Program]:
    """PostgreSQL and Redis: started first, stopped last."""
    arguments = engines.spawn_arguments()
    quick = {"stop_signal": signal.SIGINT, "force": signal.SIGQUIT, "patience": 6}
    return [
        Program("postgres", engines.postgres_command(), arguments, stage=0, **quick),
        Program("redis", engines.redis_command(), arguments, stage=0, patience=5),
    ]


def manage(*words: str) -> list[str]:
    """The command line of a management command."""
    return [sys.executable, str(ROOT / "manage.py"), *words]


def portal_programs(choice: Choice, env: dict[str, str]) -> list[Program]:
    """Web, worker, beat, inbound mail, and in the demo the mailbox."""
    arguments = {"cwd": ROOT, "env": env}
    celery = [sys.executable, "-m", "celery", "-A", "governance"]
    web = [sys.executable, "-m", "gunicorn", "governance.wsgi", "--bind", f"{LOOPBACK}:{choice.port}"]
    web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--keep-alive", "75", "--timeout", "60"]
    web += ["--preload", "--graceful-timeout", "5", "--no-control-socket"]
    worker = [*celery, "worker", "-P", "prefork", "-c", "2", "--without-gossip", "--without-mingle", "-l", "INFO"]
    beat = [*celery, "beat", "-l", "WARNING", "-s", str(choice.home / "beat-schedule"), "--pidfile="]
    programs = [
        Program("web", web, arguments, patience=8),
        Program("worker", worker, arguments, patience=10),
        Program("beat", beat, arguments, patience=5),
        Program("mailin", manage("mail_in"), arguments, patience=5),
    ]
    if choice.demo:
        programs.append(Program("mailbox", manage("mailbox"), arguments, patience=5))
    return programs
