"""What `make run` says when it cannot."""

import json
import os
import socket
import stat
import subprocess
import sys

import pytest

from ops import run
from ops.fingerprint import fingerprint
from ops.lock import Held, Lock
from ops.net import LOOPBACK
from ops.services import ROOT, Choice, environment, portal_programs


def test_taken_port(folder):
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(run.CannotRun, match=rf"Port {port} is taken.*make run PORT=\d+"):
            run.check_port(Choice(port, True, folder))


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1"])
def test_port_that_is_none(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(run.CannotRun, match="PORT must be a number"):
        run.read_choice()


def test_demo_and_empty_city_have_their_own_data(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    homes = set()
    for demo in ("0", "1"):
        monkeypatch.setenv("DEMO", demo)
        homes.add(run.read_choice().home.name)
    assert homes == {"demo", "empty"}
    monkeypatch.setenv("DEMO", "maybe")
    with pytest.raises(run.CannotRun, match="DEMO must be 0 or 1"):
        run.read_choice()


def test_full_disk(monkeypatch, folder):
    monkeypatch.setenv("MIN_FREE_MB", "999999999")
    with pytest.raises(run.CannotRun, match=r"The disk is full: \d+ MB free"):
        run.check_disk(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_data_of_another_user(folder):
    os.chown(folder, 65534, -1)
    with pytest.raises(run.CannotRun, match="belong to user nobody"):
        run.check_owner(folder)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ((0, "refused"), "the web server does not answer yet"),
        ((404, "<html>"), "/healthz answers 404"),
        ((503, '{"database": "", "worker": "no heartbeat"}'), "worker (no heartbeat)"),
    ],
)
def test_what_is_still_missing_is_named(folder, monkeypatch, answer, text):
    monkeypatch.setattr(run.Run, "_ask_health", lambda self: answer)
    assert run.Run(Choice(8000, True, folder))._health_text() == text


def test_second_run_is_told_who_runs(folder):
    first = Lock(folder / "run.lock")
    first.take({"url": "http://127.0.0.1:8000"})
    with pytest.raises(Held, match=rf"already running.*8000.*process {os.getpid()}"):
        Lock(folder / "run.lock").take({})
    first.release()
    Lock(folder / "run.lock").take({})


def test_stale_lock_does_not_block(folder, said):
    (folder / "run.lock").write_text(json.dumps({"pid": 4194304, "url": "http://127.0.0.1:8000"}))
    Lock(folder / "run.lock", said.append).take({})
    assert said == ["A lock was left by process 4194304, which is gone; going on"]


def test_secrets_are_made_once_and_private(folder):
    first = run.kept_values(folder)
    assert run.kept_values(folder) == first
    assert len(first["secret_key"]) >= 50
    assert stat.S_IMODE((folder / "secrets.json").stat().st_mode) == 0o600


def test_processes_do_not_get_the_owners_password(engines, folder, monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example:25")
    engines.prepare()
    kept = {"secret_key": "k", "inbound_port": 1, "mailbox_port": 2}
    env = environment(Choice(8000, True, folder), engines, kept)
    assert engines.known["owner_password"] not in json.dumps(env)
    assert env["EMAIL_URL"] == "smtp://127.0.0.1:2", "the demo writes to nobody outside"


def test_mailbox_belongs_to_the_demo(folder):
    names = [{program.name for program in portal_programs(Choice(8000, demo, folder), {})} for demo in (True, False)]
    assert names[0] - names[1] == {"mailbox"}


def test_fingerprint_follows_the_sources(folder):
    (folder / "governance" / "__pycache__").mkdir(parents=True)
    for name in ("requirements-embedded.txt", "manage.py", "governance/a.py"):
        (folder / name).write_text("1")
    first = fingerprint(folder)
    (folder / "governance" / "__pycache__" / "a.pyc").write_text("1")
    assert fingerprint(folder) == first
    (folder / "governance" / "a.py").write_text("22")
    assert fingerprint(folder) != first


def bootstrap(before, *, env=None, words=("embedded", "ops.run")):
    """Run the bootstrap with something taken away from it first; nothing is installed."""
    start = "runpy.run_path('ops/bootstrap.py', run_name='__main__')"
    script = f"import sys, runpy\nsys.argv = ['bootstrap', *{words!r}]\n{before}\n{start}"
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


def test_old_python_is_named():
    done = bootstrap("sys.version_info = (3, 8, 1)", env={"PATH": "/nowhere"})
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_missing_part_of_python_is_named(module):
    done = bootstrap(f"sys.modules[{module!r}] = None")
    assert done.returncode == 1
    assert f"lacks the module '{module}'" in done.stderr and "python3-venv" in done.stderr


def test_full_disk_before_installing(tmp_path):
    env = {**os.environ, "MIN_FREE_MB": "999999999"}
    sys_path = f"sys.path.insert(0, 'ops'); import bootstrap; bootstrap.MARKER = {str(tmp_path / 'none')!r}"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {sys_path}; bootstrap.prepare('embedded')"],
        cwd=ROOT, env=env, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "The disk is full" in done.stderr


def test_missing_python_is_named():
    done = subprocess.run(["make", "run", "PYTHON=python-of-nowhere"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr


def test_half_made_environment_is_not_trusted(tmp_path, monkeypatch):
    from ops import bootstrap

    monkeypatch.setattr(bootstrap, "MARKER", str(tmp_path / "marker"))
    assert bootstrap.installed() is None
    (tmp_path / "marker").write_text('{"root": "/elsewhere", "sets": {}}')
    assert bootstrap.installed() is None


def test_development_set_contains_the_embedded_one():
    """So `make test` after `make run` adds packages and reinstalls none."""
    from ops import bootstrap

    assert bootstrap.same_versions("embedded", bootstrap.requirements("dev")[0])


def test_interrupted_first_set_up_begins_anew(folder, monkeypatch):
    """Half a demo city is never kept, a complete one is never thrown away."""
    portal = run.Run(Choice(8000, True, folder))
    discarded = []
    monkeypatch.setattr(portal.engines, "discard", lambda: discarded.append(1))
    monkeypatch.setattr(portal, "_django", lambda **_: {"cwd": folder})
    monkeypatch.setattr(run, "manage", lambda command, *_: ["sh", "-c", f"exit {int(command == broken)}"])

    def start():
        try:
            portal._start_engines()
            portal._set_up()
        finally:
            portal.supervisor.stop_all()
            portal.supervisor.stopping = False

    broken = "setup_portal"
    with pytest.raises(run.CannotRun, match="setup_portal failed"):
        start()
    broken = ""
    start()
    assert len(discarded) == 1
    monkeypatch.setattr(run, "fingerprint", lambda root: "newer sources")
    broken = "migrate"
    with pytest.raises(run.CannotRun, match="migrate failed"):
        start()
    broken = ""
    start()
    assert len(discarded) == 1
