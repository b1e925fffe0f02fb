"""`make lock`: writes the three hashed requirements files from pyproject.toml; needs uv. No index address gets in."""

import shutil
import subprocess
import sys

from ops.services import ROOT

SETS = {"requirements.txt": (), "requirements-embedded.txt": ("embedded",), "requirements-dev.txt": ("embedded", "dev")}


def command(uv: str, name: str, extras: tuple[str, ...]) -> list[str]:
    """Return the command that writes one file; locked versions are kept unless --upgrade is given."""
    words = [uv, "pip", "compile", "--quiet", "--python-version", "3.11", "--generate-hashes"]
    words += ["--no-header", "--no-annotate", "pyproject.toml", "-o", name]
    return words + [f"--extra={extra}" for extra in extras] + sys.argv[1:]


def main() -> int:
    """Write the files; `python -m ops.lock_requirements --upgrade` moves to newer versions."""
    uv = shutil.which("uv")
    if uv is None:
        print("make lock needs uv: pip install uv", file=sys.stderr)
        return 1
    for name, extras in SETS.items():
        subprocess.run(command(uv, name, extras), cwd=ROOT, check=True)
        print("wrote", name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
