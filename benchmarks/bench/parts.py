"""Parts of a page that benchmarks write, between ``<!-- NAME -->`` and ``<!-- end -->``."""

from __future__ import annotations

import re
from pathlib import Path


def write_parts(path: Path, parts: dict[str, str]) -> None:
    """Replace the ``parts`` of a page, by name; one that does not stand there once ends the run."""
    text = path.read_text(encoding="utf-8")
    for name, part in parts.items():
        mark = f"<!-- {name} -->"
        pattern = re.compile(f"{re.escape(mark)}.*?<!-- end -->", re.DOTALL)
        text, count = pattern.subn(lambda _, m=mark, p=part: f"{m}\n{p}\n<!-- end -->", text)
        if count != 1:
            raise SystemExit(f"{path}: {mark} stands {count} times, expected once.")
    path.write_text(text, encoding="utf-8")
