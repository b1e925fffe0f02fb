"""The supervisor restarts what dies, stops in order and leaves nothing behind."""

import os
import signal
import subprocess
import sys

import pytest

from ops import leftovers
from ops.engines import wait_until
from ops.services import ROOT
from ops.supervisor import Program, Stopped, turn_over

SLEEP = ["sleep", "300"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(300)",
]
FAMILY = ["sh", "-c", "sleep 301 & echo $! ; wait"]


def pid(supervisor, name="it"):
    return supervisor.children[name].process.pid


def words(supervisor, name="it"):
    return supervisor.log(name).read_text().split()


def test_restarts_what_is_killed(supervisor, said):
    supervisor.start(Program("it", SLEEP))
    first = pid(supervisor)
    os.kill(first, signal.SIGKILL)
    assert supervisor.wait(lambda: supervisor.running("it") and pid(supervisor) != first, 5)
    assert "SIGKILL" in said[0]


def test_a_program_that_keeps_dying_is_tried_ever_more_slowly(supervisor, said):
    supervisor.start(Program("it", ["sh", "-c", "exit 3"]))
    supervisor.wait(lambda: len(said) == 3, 10)
    assert [line.split(" in ")[1].split(" s")[0] for line in said] == ["0.5", "1", "2"]
    assert "ended with code 3" in said[0]


def test_children_of_a_killed_program_go_before_the_restart(supervisor):
    supervisor.start(Program("it", FAMILY))
    supervisor.wait(lambda: words(supervisor), 5)
    child = int(words(supervisor)[0])
    os.kill(pid(supervisor), signal.SIGKILL)
    assert supervisor.wait(lambda: leftovers.born(child) is None, 5)


def test_stops_in_order(supervisor, folder):
    for name, stage in (("engine", 0), ("web", 1)):
        script = f"trap 'echo {name} >> order; exit 0' TERM; echo up; while :; do sleep 0.05; done"
        supervisor.start(Program(name, ["sh", "-c", script], {"cwd": folder}, stage=stage))
    supervisor.wait(lambda: words(supervisor, "engine") and words(supervisor, "web"), 5)
    supervisor.stop_all()
    assert (folder / "order").read_text().split() == ["web", "engine"]


def test_what_does_not_stop_is_ended_by_force(supervisor, said):
    supervisor.start(Program("it", STUBBORN, patience=0.3))
    supervisor.wait(lambda: words(supervisor), 5)
    process = supervisor.children["it"].process
    supervisor.stop_all()
    assert process.returncode == -signal.SIGKILL
    assert "by force" in said[0]


def test_stop_ends_children_too(supervisor):
    supervisor.start(Program("it", FAMILY))
    supervisor.wait(lambda: words(supervisor), 5)
    child = int(words(supervisor)[0])
    supervisor.stop_all()
    assert wait_until(lambda: leftovers.born(child) is None, 2)


def test_a_command_runs_to_its_end(supervisor):
    assert supervisor.run("job", ["sh", "-c", "echo done; exit 4"]) == 4
    assert words(supervisor, "job") == ["done"]


def test_a_stop_ends_a_command_in_the_middle(supervisor):
    job = supervisor.begin("job", SLEEP)
    supervisor.stopping = True
    with pytest.raises(Stopped):
        supervisor.finish(job)
    assert job.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent death signal")
def test_programs_go_when_the_supervisor_is_killed(folder):
    script = (
        "from ops.supervisor import *; from pathlib import Path; import sys\n"
        f"s = Supervisor(Path({str(folder)!r})); s.start(Program('it', ['sleep', '300']))\n"
        "print(s.children['it'].process.pid, flush=True); s.wait(lambda: False)"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        child = int(process.stdout.readline())
        assert leftovers.born(child)
        process.kill()
    assert wait_until(lambda: leftovers.born(child) is None, 5)


def test_ctrl_c_stops_all_and_ends(folder):
    script = (
        "from ops.supervisor import *; from pathlib import Path\n"
        f"s = Supervisor(Path({str(folder)!r})); s.catch_signals(); s.start(Program('it', ['sleep', '300']))\n"
        "print(s.children['it'].process.pid, flush=True)\n"
        "try: s.wait(lambda: False)\n"
        "except Stopped: s.stop_all(); print('stopped')"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        child = int(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.stdout.read() == "stopped\n"
    assert leftovers.born(child) is None


def test_leftovers_of_a_killed_run_are_ended(folder):
    note = folder / "children.json"
    with subprocess.Popen(SLEEP, start_new_session=True) as process:
        leftovers.remember(note, [process.pid])
        assert leftovers.end(note, patience=0.2) == 1
        assert process.wait(5) == -signal.SIGTERM
    assert not note.exists()


def test_a_stranger_with_the_same_pid_is_left_alone(folder):
    note = folder / "children.json"
    with subprocess.Popen(SLEEP, start_new_session=True) as process:
        note.write_text(f'{{"{process.pid}": "1"}}')
        assert leftovers.end(note) == 0
        assert process.poll() is None
        process.kill()


def test_long_logs_turn_over(folder):
    log = folder / "it.log"
    with log.open("ab") as open_log:
        for text in (b"one", b"two", b"three", b"four", b"five"):
            open_log.write(text)
            open_log.flush()
            turn_over(log, limit=1)
    assert log.read_bytes() == b""
    assert [(folder / f"it.log.{n}").read_bytes() for n in (1, 2, 3)] == [b"five", b"four", b"three"]
    assert not (folder / "it.log.4").exists()
