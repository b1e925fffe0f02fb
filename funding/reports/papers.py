"""Papers as PDF, typeset by a subprocess that may not run long nor grow large (reliability.md 12)."""

import json
import logging
import subprocess
import sys
from pathlib import Path

from governance.kernel.errors import Conflict

log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 15
TEXT_MOST = 400


class NotTypeset(Conflict):
    """The paper could not be made (409)."""

    code = "not_typeset"


def _cut(value):
    """Texts of a bounded length, without control characters."""
    if isinstance(value, str):
        return "".join(char for char in value if char.isprintable() or char == " ")[:TEXT_MOST]
    if isinstance(value, dict):
        return {key: _cut(inner) for key, inner in value.items()}
    return [_cut(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def typeset(paper: dict) -> bytes:
    """The PDF of a paper (see typst/paper.typ for its keys). Raises NotTypeset."""
    text = json.dumps(_cut(paper), ensure_ascii=False)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "funding.reports.typeset"], input=text.encode(), capture_output=True, timeout=SECONDS,
            cwd=ROOT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise NotTypeset("排版超时，请减少内容后再试。") from error
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        log.error("paper not typeset: %s", done.stderr[-2000:].decode(errors="replace"))
        raise NotTypeset("排版失败，请联系管理员。")
    return done.stdout
