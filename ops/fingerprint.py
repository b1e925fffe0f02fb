"""Has anything changed that the database or the collected files are made from?"""

import hashlib
from pathlib import Path

FOLDERS = ("governance", "communities", "grid", "funding", "static", "ops")
FILES = ("requirements-embedded.txt", "manage.py")


def fingerprint(root: Path) -> str:
    """Return a hash over names, sizes and times of the source files (not their contents: it takes milliseconds)."""
    digest = hashlib.sha256()
    paths = [root / name for name in FILES]
    for folder in FOLDERS:
        paths += (path for path in (root / folder).rglob("*") if "__pycache__" not in path.parts and path.is_file())
    for path in sorted(paths):
        about = path.stat()
        digest.update(f"{path.relative_to(root)} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()
