"""Results that a file keeps line by line, so that a benchmark that was stopped resumes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def kept(path: Path | None) -> list[Record]:
    """Return the records of ``path``; none without a file."""
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def keeping(path: Path | None, records: Iterator[Record]) -> Iterator[Record]:
    """Yield ``records``, each once ``path`` has it."""
    for record in records:
        if path is not None:
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
        yield record
