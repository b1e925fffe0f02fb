"""Typesets one paper: JSON on standard input, PDF on standard output. Runs in a process of its own with limits (papers.py).

The text goes to the template as data (``sys.inputs``), so that nothing in it is taken for markup. Only the bundled font is used.
"""

import json
import resource
import sys
from pathlib import Path

SECONDS, MEMORY = 15, 1_500_000_000  # of processor time; bytes of address space
TEMPLATE = Path(__file__).with_name("typst") / "paper.typ"


def pdf(text: str) -> bytes:
    """The paper that this JSON describes."""
    import pylopdf_fonts_zh_cn
    import typst

    return typst.compile(
        str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=[str(Path(pylopdf_fonts_zh_cn.__file__).parent)],
        ignore_system_fonts=True, format="pdf", sys_inputs={"data": text}, timestamp=0,
    )  # fmt: skip


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    raw = sys.stdin.buffer.read().decode()
    json.loads(raw)
    sys.stdout.buffer.write(pdf(raw))
