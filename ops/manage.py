"""`make manage ARGS="demo_live"`: a management command in the environment of `make run`, while it runs or not.

DEMO chooses the city as in `make run`; `ARGS="…" OWNER=1` connects as the owner of the tables.
"""

import dataclasses
import json
import os
import subprocess
import sys

from ops.backup import engines_of
from ops.places import EngineError
from ops.run import CannotRun, read_choice
from ops.services import ROOT, Choice, environment, manage


def as_running(choice: Choice) -> Choice:
    """Take the port of the portal that runs from this folder, so that links in mails are right."""
    try:
        url = json.loads((choice.home / "run.lock").read_text())["url"]
    except (OSError, ValueError, KeyError):
        return choice
    return dataclasses.replace(choice, port=int(url.rpartition(":")[2]))


def main() -> int:
    """Run the command and return its exit code."""
    try:
        choice = as_running(read_choice())
        if not (choice.home / "set-up.json").exists():
            raise CannotRun(f"{choice.home} has no portal yet; run make run first.")
        kept = json.loads((choice.home / "secrets.json").read_text())
        with engines_of(choice.home) as engines:
            env = environment(choice, engines, kept)
            if os.environ.get("OWNER") == "1":
                env |= {"DATABASE_OWNER_URL": engines.env()["DATABASE_OWNER_URL"], "DATABASE_AS_OWNER": "1"}
            return subprocess.run(manage(*sys.argv[1:]), cwd=ROOT, env=env).returncode
    except (CannotRun, EngineError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
