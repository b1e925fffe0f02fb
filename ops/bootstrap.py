"""Makes the virtual environment from the hashed requirements, then runs a module in it.

    python3 ops/bootstrap.py embedded ops.run        what `make run` does
    python3 ops/bootstrap.py dev ops.check           what `make test` does

Kept readable for an old Python: it must live long enough to say that Python is too old.
"""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
MARKER = os.path.join(VENV, "portal-installed.json")
PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
NEEDED_MB = 900  # the environment with the development tools and the downloads
BEGAN = time.time()


def say(text):
    """Print a line with the seconds since the start."""
    print(f"[{time.time() - BEGAN:4.0f} s] {text}", flush=True)


def give_up(text):
    """End with a message and no traceback."""
    sys.stderr.write("\n" + text.rstrip() + "\n")
    sys.exit(1)


def right_python():
    """Continue in a Python that is new enough, or say what is missing."""
    if sys.version_info < OLDEST:
        for minor in range(14, OLDEST[1] - 1, -1):
            found = shutil.which(f"python3.{minor}")
            if found:
                os.execv(found, [found, os.path.abspath(__file__), *sys.argv[1:]])
        give_up(
            f"The portal needs Python {OLDEST[0]}.{OLDEST[1]} or newer; "
            f"{sys.executable} is {platform.python_version()}.\n"
            "Install a newer one, or name it: make run PYTHON=/path/to/python3.11"
        )
    try:
        __import__("venv")
        __import__("ensurepip")
        __import__("ssl")
    except ImportError as error:
        give_up(
            f"{sys.executable} lacks the module '{error.name}', so no virtual environment can be made.\n"
            "On Debian or Ubuntu: apt install python3-venv"
        )


def enough_disk():
    """Stop early when the environment would not fit."""
    free = shutil.disk_usage(ROOT).free // 1000000
    needed = int(os.environ.get("MIN_FREE_MB") or NEEDED_MB)
    if free < needed:
        give_up(f"The disk is full: {free} MB free in {ROOT}, {needed} MB are needed. Free some space and try again.")


def requirements(extra):
    """Return the requirements file and its hash."""
    path = os.path.join(ROOT, f"requirements-{extra}.txt")
    with open(path, "rb") as file:
        return path, hashlib.sha256(file.read()).hexdigest()


def installed():
    """Return which requirement sets the environment holds, or None when it is not whole."""
    try:
        with open(MARKER) as file:
            known = json.load(file)
    except (OSError, ValueError):
        return None
    if known.get("root") != ROOT or not os.access(PYTHON, os.X_OK):
        return None
    return known


def make_venv():
    """Make an empty environment; what was left half-made goes."""
    if os.path.lexists(VENV):
        say("Removing a virtual environment that was not finished or was moved")
        shutil.rmtree(VENV)
    say("Making a virtual environment with Python " + platform.python_version())
    done = subprocess.run([sys.executable, "-m", "venv", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        give_up("The virtual environment could not be made:\n" + done.stdout.decode(errors="replace")[-2000:])


def install(path):
    """Install exactly what the file names, each package checked against its hash; shows how far it is."""
    with open(path) as file:
        total = sum(1 for line in file if "==" in line and line[0] not in " #")
    say(f"Installing {total} packages from {os.path.basename(path)}")
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--no-compile", "--no-input", "--no-deps"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", "-r", path]
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    seen, lines, told = 0, [], time.time()
    for raw in pip.stdout:
        line = raw.decode(errors="replace").rstrip()
        lines.append(line)
        seen += line.startswith(("Collecting ", "Requirement already satisfied: "))
        if line.startswith("Installing collected"):
            say("All packages are here, unpacking them")
            told = float("inf")
        elif time.time() - told > 3:
            told = time.time()
            say(f"{seen} of {total} packages fetched")
    if pip.wait():
        give_up(
            "The packages could not be installed:\n"
            + "\n".join(lines[-20:])
            + "\nIs a package index reachable? Running the command again starts over."
        )


def prepare(extra):
    """Bring the environment to the requirements; does nothing when it already holds them."""
    path, digest = requirements(extra)
    known = installed()
    if known and known["sets"].get(extra) == digest:
        return
    enough_disk()
    os.makedirs(os.path.join(ROOT, "var"), exist_ok=True)
    with open(os.path.join(ROOT, "var", "bootstrap.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another command is installing the packages; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        known = installed()
        if known and known["sets"].get(extra) == digest:
            return
        if not known:
            make_venv()
            known = {"root": ROOT, "sets": {}}
        elif os.path.exists(MARKER):
            os.remove(MARKER)  # an interrupted change leaves an environment that is rebuilt
        install(path)
        known["sets"] = {name: value for name, value in known["sets"].items() if same_versions(name, path)}
        known["sets"][extra] = digest
        with open(MARKER + ".new", "w") as file:
            json.dump(known, file)
        os.replace(MARKER + ".new", MARKER)


def same_versions(name, path):
    """Say whether the other set's packages are all in this file at the same versions (then it still holds)."""

    def pins(file):
        with open(file) as lines:
            return {line.split()[0] for line in lines if "==" in line and line[0] not in " #"}

    return pins(requirements(name)[0]) <= pins(path)


def main():
    """Prepare the environment and become the module that was asked for."""
    if len(sys.argv) < 3:
        give_up(__doc__)
    right_python()
    extra, module = sys.argv[1], sys.argv[2]
    try:
        prepare(extra)
    except KeyboardInterrupt:
        give_up("Stopped; running the command again starts over.")
    except OSError as error:
        give_up(f"The virtual environment could not be made: {error}")
    os.chdir(ROOT)
    for name in ("PYTHONPATH", "PYTHONHOME"):
        os.environ.pop(name, None)
    os.environ["PORTAL_BEGAN"] = str(BEGAN)
    os.execv(PYTHON, [PYTHON, "-m", module, *sys.argv[3:]])


if __name__ == "__main__":
    main()
