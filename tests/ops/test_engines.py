"""PostgreSQL and Redis from wheels: they start, keep their data, survive half-finished and leftover states."""

import os
import stat
import subprocess
import sys

import psycopg2
import pytest
import redis

from ops import places
from ops.engines import Engines, wait_until
from ops.net import LOOPBACK, listening
from ops.services import ROOT


def test_start_and_stop(engines, query):
    engines.start()
    assert query("SHOW server_version")[0][0].startswith("18")
    assert redis.Redis.from_url(engines.env()["REDIS_URL"]).ping()
    ports = engines.known["postgres_port"], engines.known["redis_port"]
    processes = list(engines.running.values())

    engines.stop()

    assert [process.returncode for process in processes] == [0, 0]
    assert not any(listening(port) for port in ports)


def test_chinese_text_is_found_by_trigrams(engines, query):
    engines.start()
    assert query("SELECT similarity('青泥洼桥街道', '青泥洼街道') > 0.3, 'Á' ~* 'á'") == [(True, True)]
    assert query("SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = 'portal'") == [
        ("b", "C.UTF-8")
    ]


def test_application_role_writes_rows_and_nothing_else(engines, query):
    engines.start()
    query("CREATE TABLE note (id serial PRIMARY KEY, text text)")
    query("INSERT INTO note (text) VALUES ('a')", "DATABASE_URL")
    assert query("SELECT text FROM note", "DATABASE_URL") == [("a",)]
    for forbidden in ("TRUNCATE note", "DROP TABLE note", "ALTER TABLE note ADD x int", "CREATE TABLE other ()"):
        with pytest.raises(psycopg2.Error, match=r"permission denied|must be owner"):
            query(forbidden, "DATABASE_URL")
    assert query("SELECT rolname FROM pg_roles WHERE rolname ~ 'portal' AND (rolsuper OR rolbypassrls)") == []


def test_superuser_and_wrong_password_are_refused(engines):
    engines.start()
    address = {"host": LOOPBACK, "port": engines.known["postgres_port"], "dbname": "portal"}
    for user in ("postgres", "portal_app"):
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(user=user, password="wrong", **address)


def test_secrets_are_private(engines):
    engines.prepare()
    assert stat.S_IMODE((engines.data / "engines.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((engines.place.data / "redis" / "redis.conf").stat().st_mode) == 0o600


def test_second_start_keeps_data_and_ports(engines, query, said):
    engines.start()
    query("CREATE TABLE kept AS SELECT 1 AS x")
    ports = engines.known["postgres_port"], engines.known["redis_port"]
    engines.stop()

    again = Engines(engines.data, fast=True, say=said.append)
    try:
        again.start()
        assert query("SELECT x FROM kept") == [(1,)]
        assert (again.known["postgres_port"], again.known["redis_port"]) == ports
    finally:
        again.stop()
    assert said == []


def test_half_finished_initdb_is_redone(engines, query, said):
    for name in ("postgres", "postgres.new"):
        half = engines.data / "engines" / name
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("18\n")
    engines.start()
    assert query("SELECT 1") == [(1,)]
    assert said == ["removing a database folder that was never finished"] * 2


def test_discarded_database_is_made_anew(engines, query):
    engines.start()
    query("CREATE TABLE half AS SELECT 1 AS x")
    engines.stop()
    engines.discard()
    engines.start()
    assert query("SELECT to_regclass('half')") == [(None,)]


def test_lost_passwords_are_set_anew(engines, query):
    engines.start()
    query("CREATE TABLE kept AS SELECT 1 AS x")
    engines.stop()
    (engines.data / "engines.json").unlink()
    engines.known = {}
    engines.start()
    assert query("SELECT x FROM kept", "DATABASE_URL") == [(1,)]


def test_server_of_a_killed_run_is_stopped_first(engines, query, said):
    engines.start()
    query("CREATE TABLE kept AS SELECT 1 AS x")
    orphan = engines.running.pop("postgres")
    engines.stop()
    try:
        engines.start()
        assert orphan.wait(5) == 0
        assert query("SELECT x FROM kept") == [(1,)]
        assert str(orphan.pid) in said[0]
    finally:
        orphan.kill()


def test_pid_file_that_names_a_stranger_is_dropped(engines, query):
    engines.start()
    engines.stop()
    (engines.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{engines.cluster}\n")
    engines.start()
    assert query("SELECT 1") == [(1,)]


def test_acknowledged_write_survives_kill(folder, query, said, engines):
    engines.fast = False
    engines.start()
    query("CREATE TABLE kept AS SELECT 1 AS x")
    process = engines.running.pop("postgres")
    process.kill()
    process.wait()
    engines.stop()
    engines.start()
    assert query("SELECT x FROM kept") == [(1,)]


def test_taken_port_is_replaced(engines):
    engines.prepare()
    import socket

    with socket.socket() as other:
        other.bind((LOOPBACK, engines.known["postgres_port"]))
        other.listen()
        before = engines.known["postgres_port"]
        engines.prepare()
        assert engines.known["postgres_port"] not in {before, engines.known["redis_port"]}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the engines to another user")
def test_closed_home_moves_the_engines_outside(folder, said, query, engines):
    folder.chmod(0o700)
    outside = places.outside_folder(engines.data.resolve())
    try:
        engines.start()
        assert query("SELECT 1") == [(1,)]
        assert engines.cluster.is_relative_to(outside)
        assert str(outside) in said[0]
    finally:
        engines.stop()
        places.shutil.rmtree(outside)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent death signal")
def test_engines_go_when_their_starter_is_killed(folder):
    script = (
        "from ops.engines import Engines; from pathlib import Path; import signal\n"
        f"e = Engines(Path({str(folder / 'data')!r}), fast=True); e.start()\n"
        "print(e.known['postgres_port'], e.known['redis_port'], flush=True); signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        ports = [int(port) for port in process.stdout.readline().split()]
        assert len(ports) == 2 and all(listening(port) for port in ports)
        process.kill()
    assert wait_until(lambda: not any(listening(port) for port in ports), 15)


def test_wait_until_gives_up():
    assert not wait_until(lambda: False, 0.1)
